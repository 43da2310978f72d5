import { compile } from "../../../shared/config/compile.ts";
import { parseConfig } from "../../../shared/config/parse.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { phaseOf } from "../../../shared/domain/schedule.ts";
import type { Policy } from "./policies.ts";
import { regionIds } from "./script.ts";

/** When every script starts, epoch seconds; any full minute will do. */
export const scriptStart = 1_790_000_040;

/** A plan in which every target has a monitor for each policy, all with the same schedule. */
export interface LabPlan {
  readonly plan: Plan;
  readonly policies: readonly Policy[];
  /** By target: its monitors, in the order of the policies. */
  readonly monitorsOf: readonly (readonly Monitor[])[];
}

const hints = ["enam", "wnam", "weur"] as const;

/**
 * Compiles a plan from a configuration, as the product does, so that the lab has its defaults.
 * Each target has a shard of its own.
 *
 * @param intervals seconds between the checks of each target
 */
export function labPlan(intervals: readonly number[], policies: readonly Policy[]): LabPlan {
  const parsed = parseConfig({
    baseUrl: "https://netpost.example",
    regions: Object.fromEntries(
      regionIds.map((id, index) => [id, { locationHint: hints[index] ?? "enam" }]),
    ),
    monitors: intervals.flatMap((intervalSeconds, target) =>
      policies.map(({ quorum, failuresToOpen, mode }, index) => ({
        id: idOf(target, index),
        name: `Target ${target}`,
        url: `/${target}`,
        intervalSeconds,
        quorum,
        failuresToOpen,
        mode,
        expect: { maxLatencyMs: 2_000 },
        // The default budget does not fit between two checks of the fast ones; where regions take
        // turns, it has to fit twice, and the message between.
        ...(intervalSeconds < 60
          ? { timeoutMs: 2_500, budgetMs: mode === "parallel" ? 8_000 : 3_000 }
          : {}),
      })),
    ),
  });
  if (!parsed.ok) throw new Error(`the lab's own configuration: ${parsed.mistakes.join("; ")}`);
  const ids = parsed.config.monitors.map(({ id }) => id);
  const document = compile(
    parsed.config,
    {
      monitors: new Map(ids.map((id, index) => [id, { number: index + 1, addedAt: 0 }])),
      regions: new Map(regionIds.map((id, index) => [id, index + 1])),
    },
    intervals.length,
  );
  const monitors = document.monitors.map((monitor, index): Monitor => {
    const target = Math.floor(index / policies.length);
    const { intervalSeconds } = monitor.schedule;
    const phaseSeconds = phaseOf(`target-${target}`, intervalSeconds);
    return { ...monitor, shard: target, schedule: { intervalSeconds, phaseSeconds } };
  });
  return {
    plan: { ...document, revision: 1, monitors, shards: intervals.length },
    policies,
    monitorsOf: intervals.map((_, target) =>
      monitors.slice(target * policies.length, (target + 1) * policies.length),
    ),
  };
}

function idOf(target: number, policy: number): string {
  return `target-${target}-policy-${policy}`;
}
