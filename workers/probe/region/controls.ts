import type { Result } from "../../../shared/domain/result.ts";

/** How long a control target may take to answer, ms. */
export const controlTimeoutMs = 2_000;

/**
 * Tells a target's failure from our own. Where targets fail and no control target answers either,
 * it is the region that has lost its way: what failed is unknown, not down (law 1). What did
 * answer stands. Controls are asked only where something failed: on most rounds they cost nothing.
 */
export async function holdAgainstControls(
  results: readonly Result[],
  controls: readonly string[],
): Promise<Result[]> {
  const failed = results.some(({ outcome }) => outcome.outcome === "down");
  if (!failed || controls.length === 0 || (await anyAnswers(controls))) return [...results];
  return results.map((result) => (result.outcome.outcome === "down" ? excuse(result) : result));
}

function excuse(result: Result): Result {
  const detail = "no control target answered either";
  return { ...result, outcome: { outcome: "unknown", reason: "control-failed", detail } };
}

async function anyAnswers(controls: readonly string[]): Promise<boolean> {
  try {
    await Promise.any(controls.map(answers));
    return true;
  } catch {
    return false;
  }
}

/** Any answer will do: it shows that there is a way out. Throws where none comes. */
async function answers(url: string): Promise<void> {
  const response = await fetch(url, {
    redirect: "manual",
    cache: "no-store",
    signal: AbortSignal.timeout(controlTimeoutMs),
  });
  await response.body?.cancel();
}
