/** Services outside are told of metrics and status by the real tick; what they do harms nothing. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, inject, it, vi } from "vitest";
import { z } from "zod";
import { beginAnew, monitorOf } from "../testing/alerting.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
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

const newRelicKey = "n".repeat(40);
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

describe("an exporter", () => {
  it("with a malformed setting is off, which is said once and stops nothing", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const settings = { NEW_RELIC_LICENSE_KEY: newRelicKey, NEW_RELIC_REGION: "mars" };
    await minute(settings);
    const outcome = await minute(settings);
    const lines = logged.mock.calls.map(String).filter((line) => line.includes("exporter-off"));
    logged.mockRestore();
    expect(outcome.rounds[0]).toMatchObject({ kind: "run", recorded: { kind: "recorded" } });
    expect(lines.length).toBe(1);
    expect(lines[0]).toContain("NEW_RELIC_REGION: us or eu");
    expect(lines[0]).not.toContain(newRelicKey);
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
