/** The real tick, whenever its minute is: a bench cannot wait for the next one. */
import { systemClock } from "../../shared/clock.ts";
import type { Env } from "../../workers/probe/env.ts";
import { logTick } from "../../workers/probe/tick/log-tick.ts";
import { emptyRecollection } from "../../workers/probe/tick/surroundings.ts";
import { tick } from "../../workers/probe/tick/tick.ts";

export { PlanKeeper, ProbeService, Region } from "../../workers/probe/index.ts";

const recollection = emptyRecollection();

export default {
  async scheduled(controller, env) {
    const startedAt = systemClock.now();
    const clock = {
      ...systemClock,
      now: () => controller.scheduledTime + systemClock.now() - startedAt,
    };
    const outcome = await tick({ env, clock, recollection }, controller.scheduledTime / 1000);
    logTick(outcome, systemClock.now() - startedAt);
  },
} satisfies ExportedHandler<Env>;
