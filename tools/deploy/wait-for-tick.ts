/** The last step: the api answers, and a tick was recorded since. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const statusSchema = z.looseObject({ asOf: z.string().nullable(), stale: z.boolean() });

/** The cron may need some minutes to begin after a first deployment. */
const patienceMs = 6 * 60_000;
const pauseMs = 2_000;

/**
 * Asks `/api/status` until it is as of a time after `since`.
 *
 * @param since epoch ms
 * @param say is told in between, at most every half minute
 * @returns null: all is well; else what is not, in one line
 */
export async function waitForTick(
  apiUrl: string,
  since: number,
  say: (line: string) => void,
  patience = patienceMs,
): Promise<string | null> {
  let last = "";
  let told = Date.now();
  for (const until = Date.now() + patience; Date.now() < until; ) {
    last = await lookAt(apiUrl, since);
    if (last === "") return null;
    if (Date.now() - told > 30_000) {
      say(`${last}; still waiting`);
      told = Date.now();
    }
    await sleep(Math.min(pauseMs, patience / 4));
  }
  return `${last} (npm run doctor looks closer)`;
}

async function lookAt(apiUrl: string, since: number): Promise<string> {
  try {
    const response = await fetch(`${apiUrl}/api/status`, {
      redirect: "manual",
      signal: AbortSignal.timeout(10_000),
    });
    const body: unknown = await response.json().catch(() => null);
    const read = statusSchema.safeParse(body);
    if (!read.success) return `${apiUrl}/api/status answers with status ${response.status}`;
    const { asOf, stale } = read.data;
    if (asOf === null) return "no tick was recorded yet";
    if (Date.parse(asOf) < since || stale) return `the last tick that was recorded is of ${asOf}`;
    return "";
  } catch (error) {
    const { cause } = error instanceof Error ? error : { cause: error };
    const why = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : error;
    return `${apiUrl} does not answer (${String(why)})`;
  }
}
