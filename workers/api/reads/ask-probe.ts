import { z } from "zod";
import type { Clock } from "../../../shared/clock.ts";
import type { ProbePart } from "../../../shared/contract/api/health.ts";
import { log } from "../../../shared/log.ts";
import type { ProbeBinding } from "../env.ts";

const answerSchema = z.object({ version: z.string() });

/** How long the probe Worker may take to say that it runs, ms. */
const patienceMs = 3_000;

/** Asks the probe Worker whether it runs. Never throws: a failure is a value with a reason. */
export async function askProbe(probe: ProbeBinding, clock: Clock): Promise<ProbePart> {
  const answer = probe.health().then(
    (value): ProbePart => {
      const parsed = answerSchema.safeParse(value);
      if (!parsed.success) return { ok: false, reason: "unexpected-answer" };
      return { ok: true, version: parsed.data.version };
    },
    (error: unknown): ProbePart => {
      log("error", "probe-unreachable", {}, error);
      return { ok: false, reason: "unreachable" };
    },
  );
  const timeout = clock.sleep(patienceMs).then((): ProbePart => ({ ok: false, reason: "timeout" }));
  return Promise.race([answer, timeout]);
}
