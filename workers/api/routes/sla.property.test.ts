/** The SLA against a plain count, second by second, of what the database says. */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { statusSchema } from "../../../shared/contract/api/common.ts";
import { slaDocumentSchema } from "../../../shared/contract/api/sla.ts";
import type { Outcome } from "../../../shared/domain/result.ts";
import type { Span } from "../../../shared/domain/span.ts";
import { maintenanceWindow } from "../../../shared/domain/testing/maintenance.ts";
import { insertMaintenance } from "../../../shared/storage/maintenance.ts";
import { readAnswer } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  down,
  iso,
  minute,
  plainMonitors,
  record,
  resetWorld,
  up,
} from "../testing/world.ts";

const minutes = 30;
const regionIds = ["us-east", "us-west", "eu-west"];

const degraded: Outcome = { outcome: "degraded", reason: "latency", detail: "slow" };
const own: Outcome = { outcome: "unknown", reason: "not-run", detail: "no time" };

/** What a region sees in a minute; null: it does not report. */
const seen = fc.constantFrom<Outcome | null>(up, up, up, down(), degraded, own, null, null);
const weathers = fc.record(
  Object.fromEntries(
    regionIds.map((id) => [id, fc.array(seen, { minLength: minutes, maxLength: minutes })]),
  ),
);
/** A window in seconds after the start, inside of what was recorded. */
const windows = fc
  .tuple(fc.nat(minutes * 60 - 2), fc.nat(minutes * 60 - 2))
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => ({ from: minute(0) + Math.min(a, b), to: minute(0) + Math.max(a, b) }));

/** Planned time, in seconds after the start. */
const plans = fc.array(
  fc.record({ from: fc.nat(minutes * 60), length: fc.integer({ min: 1, max: 600 }) }),
  { maxLength: 3 },
);

/** Declares each as a window of its own. */
async function declare(planned: readonly Span[]): Promise<void> {
  for (const span of planned) {
    const timing = { kind: "once" as const, ...span };
    const version = { from: 0, until: null, selector: { kind: "all" as const }, timing };
    const window = maintenanceWindow({ versions: [version] });
    await insertMaintenance(env.DB, window);
  }
}

const transitionRows = z.array(z.object({ scope: z.int(), at: z.int(), to_status: statusSchema }));
const coverageRows = z.array(z.object({ region: z.int(), from_time: z.int(), to_time: z.int() }));

async function rows<T extends z.ZodType>(schema: T, sql: string): Promise<z.infer<T>> {
  return schema.parse((await env.DB.prepare(sql).all()).results);
}

async function countBySecond(scope: number, { from, to }: Span, planned: readonly Span[]) {
  const transitions = await rows(transitionRows, "SELECT * FROM transitions ORDER BY at");
  const coverage = await rows(coverageRows, "SELECT * FROM coverage");
  const counts = { up: 0, degraded: 0, down: 0, unknown: 0, excluded: 0 };
  for (let second = from; second < to; second += 1) {
    const isCovered = coverage.some(
      ({ region, from_time, to_time }) =>
        (scope === 0 || region === scope) && from_time <= second && second < to_time,
    );
    const last = transitions.findLast((change) => change.scope === scope && change.at <= second);
    const isPlanned = planned.some((span) => span.from <= second && second < span.to);
    const status = isCovered && last ? last.to_status : "unknown";
    counts[isPlanned ? "excluded" : status] += 1;
  }
  return counts;
}

it("equals the count of every second, whatever the regions saw and when they did not look", async () => {
  await fc.assert(
    fc.asyncProperty(
      weathers,
      windows,
      fc.integer({ min: 1, max: 3 }),
      plans,
      async (weather, window, n, drawn) => {
        await resetWorld();
        const planned = drawn.map(({ from, length }) => ({
          from: minute(0) + from,
          to: minute(0) + from + length,
        }));
        await declare(planned);
        const config = configOf(plainMonitors("home"));
        await applyConfig({ ...config, defaults: { failuresToOpen: n, successesToClose: 2 } });
        const judge = (_: string, region: string, time: number) =>
          weather[region]?.[(time - minute(0)) / 60] ?? null;
        await record({ from: minute(0), to: minute(minutes) }, judge, minutes);
        const query = `from=${iso(window.from)}&to=${iso(window.to)}`;
        const response = await ask(`/api/monitoring/sla?${query}`, { at: minute(minutes) });
        const { monitors, stale } = await readAnswer(response, slaDocumentSchema);
        const home = monitors[0];
        if (!home) throw new Error("no monitor");
        // Fresh data that ends before the window does ends the window.
        const to = Date.parse(home.window.to) / 1000;
        if (stale) expect(to).toBe(window.to);
        const scopes = [home.overall, ...regionIds.map((id) => home.regions[id])];
        for (const [scope, measured] of scopes.entries()) {
          const counts = await countBySecond(scope, { from: window.from, to }, planned);
          expect(measured).toMatchObject({
            upSeconds: counts.up,
            degradedSeconds: counts.degraded,
            downSeconds: counts.down,
            unknownSeconds: counts.unknown,
            excludedSeconds: counts.excluded,
          });
        }
      },
    ),
    { numRuns: 25, seed: 20_261_123 },
  );
});
