/** Services outside are told of metrics and status by the real tick; what they do harms nothing. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, inject, it, vi } from "vitest";
import { z } from "zod";
import { beginAnew, monitorOf } from "../testing/alerting.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  select,
  setFaults,
  standingClock,
  start,
} from "../testing/harness.ts";
import { type TickOutcome, tick } from "./tick.ts";

const { url } = inject("vendors");
const bookSchema = z.object({
  requests: z.array(z.object({ path: z.string(), status: z.int(), body: z.string() })),
  components: z.record(z.string(), z.string()),
  incidents: z.array(z.object({ name: z.string(), status: z.string() }).loose()),
});

let box = "";
let boxes = 0;
let now = start + 400 * 86_400;

const book = async () => bookSchema.parse(await (await fetch(`${url}/control/${box}`)).json());
const answerWith = (next: readonly unknown[]) =>
  fetch(`${url}/control/${box}`, { method: "PUT", body: JSON.stringify({ next }) });

const secrets = { datadog: "0123456789abcdef0123456789abcdef", newRelic: "n".repeat(40) };
const exporters = () => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/otlp/${box}`,
  DATADOG_API_KEY: secrets.datadog,
  DATADOG_API_URL: `${url}/datadog/${box}`,
  NEW_RELIC_LICENSE_KEY: secrets.newRelic,
  NEW_RELIC_API_URL: `${url}/new-relic/${box}`,
});
const statuspage = () => ({
  STATUSPAGE_API_KEY: "89a229ce-1a8b-4c5d-9f2e-0d4b1c2a3f4e",
  STATUSPAGE_PAGE_ID: "page1",
  STATUSPAGE_COMPONENTS: "api=cmp1",
  STATUSPAGE_API_URL: `${url}/statuspage/${box}`,
});

async function minute(settings: Readonly<Record<string, string>>): Promise<TickOutcome> {
  now += 60;
  const surroundings = freshSurroundings(standingClock(now + 1));
  return tick({ ...surroundings, env: { ...env, ...settings } }, now);
}

beforeEach(async () => {
  await beginAnew();
  await env.DB.batch(
    ["exports", "status_pushes"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
  boxes += 1;
  box = `outside${boxes}`;
  now += 86_400;
  await applyConfig(configOf([monitorOf("api", "/api/health")]), now);
});

describe("exporters", () => {
  it("tell each service what the minute before came to, as its API takes it", async () => {
    await minute(exporters());
    await minute(exporters());
    const { requests } = await book();
    const last = new Map(requests.map((request) => [request.path, request]));
    expect([...last].map(([path, { status }]) => [path, status]).sort()).toEqual([
      ["api/v2/series", 202],
      ["metric/v1", 202],
      ["v1/metrics", 200],
    ]);
    for (const { body } of last.values()) {
      expect(body).toContain("probe_success");
      expect(body).toContain("us-east");
      expect(body).not.toContain(secrets.datadog);
    }
  });

  it("that fail harm no tick, are noted, and are told the minutes later", async () => {
    const datadog = () => {
      const { DATADOG_API_KEY, DATADOG_API_URL } = exporters();
      return { DATADOG_API_KEY, DATADOG_API_URL };
    };
    await minute(datadog());
    await answerWith([{ status: 503, body: { errors: ["away"] } }]);
    const failed = await minute(datadog());
    expect(failed.rounds[0]).toMatchObject({ kind: "run", recorded: { kind: "recorded" } });
    const states = await select(z.object({}).loose(), "SELECT * FROM exports");
    expect(JSON.stringify(states)).toMatch(/503/);
    for (let count = 0; count < 4; count += 1) await minute(datadog());
    const { requests } = await book();
    expect(requests.filter(({ status }) => status === 503).length).toBe(1);
    const times = new Set(
      requests
        .filter(({ status }) => status === 202)
        .flatMap(({ body }) =>
          [...body.matchAll(/"timestamp":(\d+)/g)].map(([, time]) => Number(time)),
        ),
    );
    // Every minute before the present one, since the first.
    expect(times.size).toBeGreaterThanOrEqual(5);
  });

  it("with a malformed setting are off, which is said once and stops nothing", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const settings = { NEW_RELIC_LICENSE_KEY: secrets.newRelic, NEW_RELIC_REGION: "mars" };
    await minute(settings);
    const outcome = await minute(settings);
    const lines = logged.mock.calls.map(String).filter((line) => line.includes("exporter-off"));
    logged.mockRestore();
    expect(outcome.rounds[0]).toMatchObject({ kind: "run", recorded: { kind: "recorded" } });
    expect(lines.length).toBe(1);
    expect(lines[0]).toContain("NEW_RELIC_REGION: us or eu");
    expect(lines[0]).not.toContain(secrets.newRelic);
  });
});

describe("a status page elsewhere", () => {
  it("has the component's state and one incident, which ends", async () => {
    await minute(statuspage());
    expect((await book()).components).toEqual({ cmp1: "operational" });
    await setFaults([{ path: "/api/health", kind: "status", status: 500 }]);
    await minute(statuspage());
    await minute(statuspage());
    const during = await book();
    expect(during.components).toEqual({ cmp1: "major_outage" });
    expect(during.incidents.map(({ status }) => status)).toEqual(["investigating"]);
    await setFaults([]);
    await minute(statuspage());
    await minute(statuspage());
    const after = await book();
    expect(after.components).toEqual({ cmp1: "operational" });
    expect(after.incidents.map(({ status }) => status)).toEqual(["resolved"]);
    const count = after.requests.length;
    await minute(statuspage());
    expect((await book()).requests.length).toBe(count);
  });

  it("gets no second incident where the answer to the first was lost", async () => {
    await minute(statuspage());
    await setFaults([{ path: "/api/health", kind: "status", status: 500 }]);
    // The look for an earlier one, or the component, comes first: whichever is lost is done again.
    await answerWith(["lost", "lost"]);
    for (let count = 0; count < 8; count += 1) await minute(statuspage());
    expect((await book()).incidents.length).toBe(1);
  });
});
