/**
 * Upkeep: what follows the rounds of a tick, once. A step that fails is told in the tick's line and
 * stops no other; one that is not done this minute goes on in the next.
 */
import type { Plan } from "../../../shared/domain/plan.ts";
import { describeError, type LogValue } from "../../../shared/log.ts";
import { channelTestStep } from "./channel-tests.ts";
import { exportMetricsStep } from "./export-metrics.ts";
import { healthHistoryStep } from "./health-history.ts";
import { metricPointsStep } from "./metric-points.ts";
import { pushStatusStep } from "./push-status.ts";
import { reportStep } from "./reports.ts";
import { retainStep } from "./retain.ts";
import { retainAlertingStep } from "./retain-alerting.ts";
import { rollUpStep } from "./roll-up.ts";
import type { TickSurroundings } from "./surroundings.ts";

/**
 * A step of the upkeep.
 *
 * @param minute of the tick, epoch seconds
 * @returns what is to be told in the tick's line; null where there was nothing to do
 * @throws where the database fails
 */
export type UpkeepStep = (
  surroundings: TickSurroundings,
  plan: Plan,
  minute: number,
) => Promise<LogValue>;

/** In this order; what reads what another writes comes after it. */
const steps: readonly (readonly [string, UpkeepStep])[] = [
  ["rollUp", rollUpStep],
  ["metricPoints", metricPointsStep],
  ["retain", retainStep],
  ["healthHistory", healthHistoryStep],
  ["reports", reportStep],
  ["retainAlerting", retainAlertingStep],
  ["channelTests", channelTestStep],
  ["statusPush", pushStatusStep],
  ["exports", exportMetricsStep],
];

/** What became of the upkeep. */
export interface UpkeepOutcome {
  /** By step, what it had to tell. */
  readonly told: Readonly<Record<string, LogValue>>;
  /** The steps that failed. */
  readonly failed: readonly string[];
  /** All steps together. */
  readonly durationMs: number;
}

/** No step begins later in the minute: the next tick is due. */
export const latestStartMs = 50_000;

/** Does every step that can still begin in this minute. Never throws. */
export async function upkeep(
  surroundings: TickSurroundings,
  plan: Plan,
  minute: number,
): Promise<UpkeepOutcome> {
  const startedAt = surroundings.clock.now();
  const told: Record<string, LogValue> = {};
  const failed: string[] = [];
  for (const [name, step] of steps) {
    if (surroundings.clock.now() >= minute * 1000 + latestStartMs) {
      told[name] = "no time left";
      continue;
    }
    try {
      const said = await step(surroundings, plan, minute);
      if (said !== null) told[name] = said;
    } catch (error) {
      failed.push(name);
      told[name] = { fault: describeError(error) };
    }
  }
  return { told, failed, durationMs: surroundings.clock.now() - startedAt };
}
