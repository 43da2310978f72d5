import { afterAll, beforeAll, describe, expect, test } from "vitest";
import netpostConfig from "../../netpost.config.ts";
import { compile } from "../../shared/config/compile.ts";
import { decompile } from "../../shared/config/decompile.ts";
import { parseConfig } from "../../shared/config/parse.ts";
import type { Monitor } from "../../shared/domain/monitor.ts";
import type { HttpExchange } from "../../shared/domain/probes/http.ts";
import { type Answer, answerOf, metricsOf, select } from "../../workers/probe/probers/answer.ts";
import { judge } from "../../workers/probe/probers/conditions.ts";
import { fillRequest } from "../../workers/probe/probers/request.ts";
import { DEMO_PASSWORD, type StandIn, startStandIn } from "../stand-in/index.ts";

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn();
});
afterAll(() => standIn.stop());

const typeOf = (monitor: (typeof netpostConfig.monitors)[number]) => monitor.type ?? "http";
const idsOf = (type: string) =>
  netpostConfig.monitors.filter((one) => typeOf(one) === type).map(({ id }) => id);
const ids = netpostConfig.monitors.map(({ id }) => id);

describe("netpost.config.ts", () => {
  test("names three regions, each with its own location hint", () => {
    const hints = Object.entries(netpostConfig.regions).map(([id, { locationHint }]) => [
      id,
      locationHint,
    ]);
    expect(hints).toEqual([
      ["us-east", "enam"],
      ["us-west", "wnam"],
      ["eu-west", "weur"],
    ]);
  });

  test("comes back from its plan as a configuration of the same plan", () => {
    const document = planOf(netpostConfig);
    expect(planOf(decompile(document))).toEqual(document);
  });

  test("has a monitor in every group that NetPost asked for", () => {
    const groups = new Set(netpostConfig.monitors.map(({ group }) => group));
    expect([...groups]).toEqual(["Health", "Dashboard", "Authentication", "Core"]);
  });

  test.each(idsOf("http"))("%s is up when NetPost is well", async (id) => {
    expect(await judged(httpNamed(id))).toEqual({ outcome: "up" });
  });

  test.each(idsOf("http"))("%s is down when NetPost answers 503", async (id) => {
    await standIn.setFaults([{ kind: "status", status: 503 }]);
    expect(await judged(httpNamed(id))).toMatchObject({ outcome: "down", reason: "status" });
    await standIn.clearFaults();
  });

  test.each(idsOf("http"))("%s is degraded when NetPost takes over two seconds", async (id) => {
    expect(await judged(httpNamed(id), 2_001)).toMatchObject({ outcome: "degraded" });
  });

  test.each(idsOf("http"))("%s finds every number that it asks for", async (id) => {
    const { metrics = {}, ...exchange } = httpNamed(id);
    const found = metricsOf(metrics, await ask(exchange, new Map()));
    expect(Object.keys(found)).toEqual(Object.keys(metrics));
  });

  test.each(idsOf("transaction"))("%s goes through all its steps", async (id) => {
    const { probe } = monitorNamed(id);
    if (probe.kind !== "transaction") throw new Error(`${id} is no transaction`);
    const values = new Map([["secret.PROBE_LOGIN_PASSWORD", DEMO_PASSWORD]]);
    for (const step of probe.steps) {
      const answer = await ask(step, values);
      expect([step.name, judge(step.conditions, answer)]).toEqual([step.name, { outcome: "up" }]);
      for (const [name, path] of Object.entries(step.extract ?? {})) {
        const selected = select(answer, path);
        values.set(name, String(selected.ok ? selected.values[0] : ""));
      }
    }
  });
});

function httpNamed(id: string) {
  const { probe } = monitorNamed(id);
  if (probe.kind !== "http") throw new Error(`${id} is no HTTP monitor`);
  return probe;
}

function planOf(input: unknown) {
  const parsed = parseConfig(input);
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  const numbers = (of: readonly string[]) => of.map((name, index) => [name, index + 1] as const);
  return compile(
    parsed.config,
    {
      monitors: new Map(numbers(ids).map(([name, number]) => [name, { number, addedAt: 0 }])),
      regions: new Map(numbers(Object.keys(parsed.config.regions))),
    },
    1,
  );
}

function monitorNamed(id: string): Monitor {
  const plan = planOf({ ...netpostConfig, baseUrl: standIn.url });
  const monitor = plan.monitors.find((candidate) => candidate.id === id);
  if (monitor === undefined) throw new Error(`no monitor ${id}`);
  return monitor;
}

/** Asks as a region would, and judges the answer by the region's own rules. */
async function judged(exchange: HttpExchange, latencyMs?: number) {
  return judge(exchange.conditions, await ask(exchange, new Map(), latencyMs));
}

async function ask(
  exchange: HttpExchange,
  values: ReadonlyMap<string, string>,
  latencyMs = 5,
): Promise<Answer> {
  const filled = fillRequest(exchange, values, "NetPost-Monitor/0");
  if (!filled.ok) throw new Error(filled.why);
  const { url, method, headers, body } = filled.request;
  const response = await fetch(url, { method, headers, body, redirect: "manual" });
  const text = await response.text();
  return answerOf({
    status: response.status,
    headers: response.headers,
    latencyMs,
    text,
    bytes: text.length,
    truncated: false,
    malformed: false,
  });
}
