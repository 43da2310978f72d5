/** The real probe Worker, at whatever time its cron is called for: chaos has a clock of its own. */
import { systemClock } from "../../shared/clock.ts";
import type { Env } from "../../workers/probe/env.ts";
import { reportedTick } from "../../workers/probe/reported-tick.ts";
import { emptyRecollection } from "../../workers/probe/tick/surroundings.ts";

export { PlanKeeper, ProbeService, Region } from "../../workers/probe/index.ts";

const recollection = emptyRecollection();

export default {
  scheduled(controller, env, context) {
    const startedAt = systemClock.now();
    const clock = {
      ...systemClock,
      now: () => controller.scheduledTime + systemClock.now() - startedAt,
    };
    const minute = Math.floor(controller.scheduledTime / 60_000) * 60;
    return reportedTick({ env, clock, recollection }, context, minute);
  },
} satisfies ExportedHandler<Env>;
