/**
 * Step 10: tells a watch outside that this minute was recorded. When nothing comes any more, the watch
 * calls people: it is how silence of the whole product is noticed (law 5). So a minute that was not
 * recorded is not told, whatever the reason.
 */
import { describeError } from "../../../shared/log.ts";
import { parseSettings } from "../env.ts";
import type { TickSurroundings } from "./surroundings.ts";
import type { RoundOutcome } from "./tick.ts";

/** What became of it. Never the address: whoever knows it can keep the watch quiet. */
export type AliveOutcome =
  /** There is no such setting. */
  | { readonly kind: "off" }
  | { readonly kind: "sent" }
  /** On purpose: the watch is to notice. */
  | { readonly kind: "withheld"; readonly reason: "no-plan" | "not-recorded" }
  | {
      readonly kind: "failed";
      readonly reason: "refused" | "unreachable";
      readonly detail: string;
    };

const timeoutMs = 5_000;

/**
 * Asks the dead-man address once, with GET; redirects are followed.
 *
 * @param rounds of the tick; null where there was no plan to run
 */
export async function tellAlive(
  { env }: TickSurroundings,
  rounds: readonly RoundOutcome[] | null,
): Promise<AliveOutcome> {
  const { DEAD_MAN_URL } = parseSettings(env);
  if (DEAD_MAN_URL === undefined) return { kind: "off" };
  if (rounds === null) return { kind: "withheld", reason: "no-plan" };
  if (!rounds.every(isRecorded)) return { kind: "withheld", reason: "not-recorded" };
  try {
    const response = await fetch(DEAD_MAN_URL, {
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    if (response.ok) return { kind: "sent" };
    return { kind: "failed", reason: "refused", detail: `status ${response.status}` };
  } catch (error) {
    const said = describeError(error).replaceAll(DEAD_MAN_URL, "the dead-man address");
    return { kind: "failed", reason: "unreachable", detail: said };
  }
}

/** A round that another tick had recorded is; one whose time was over before it began is not. */
export function isRecorded(round: RoundOutcome): boolean {
  return round.kind === "run" && round.recorded.kind === "recorded";
}
