import { systemClock } from "../../shared/clock.ts";
import { ErrorReports } from "../../shared/error-reports/error-reports.ts";
import { log } from "../../shared/log.ts";
import { parseLogIds } from "../../shared/log-ids.ts";

/** Where a call comes in: an object, or the service that the api Worker asks. */
export interface Callee {
  readonly env: object;
  readonly waitUntil: (promise: Promise<unknown>) => void;
  /** The region's id, where it is one's object. */
  readonly region?: string | undefined;
}

/**
 * Runs what a call asks for. Its lines have the ids of the tick or request that it is a part of, and
 * its errors are reported, after it is done. What it throws the caller gets all the same.
 *
 * @param call its name
 * @param caller what the caller gave along: `logIds()`
 */
export async function reportedCall<T>(
  { env, waitUntil, region }: Callee,
  call: string,
  caller: unknown,
  action: () => T | Promise<T>,
): Promise<T> {
  const ids = { ...parseLogIds(caller), ...(region !== undefined && { region }) };
  const reports = new ErrorReports({ worker: "probe", env, clock: systemClock, ids, waitUntil });
  return reports.within(async () => {
    try {
      return await action();
    } catch (error) {
      log("error", "call-failed", { reason: call }, error);
      throw error;
    } finally {
      reports.send();
    }
  });
}
