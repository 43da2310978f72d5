import type { TraceRecord } from "../kill-trace.ts";

/** How the record of a disturbed run differs from that of an undisturbed one. */
export interface Differences {
  /** Results that only the undisturbed run has. */
  readonly lost: number;
  /** Results that only the disturbed run has, or has twice. */
  readonly extra: number;
  /** Transitions and outages of either that the other does not have, a line each. */
  readonly decided: readonly string[];
}

/** Compares two runs of the same trace. */
export function differencesOf(undisturbed: TraceRecord, disturbed: TraceRecord): Differences {
  return {
    lost: missingIn(disturbed.results, undisturbed.results).length,
    extra: missingIn(undisturbed.results, disturbed.results).length,
    decided: [
      ...missingIn(disturbed.transitions, undisturbed.transitions).map(
        (line) => `missing: ${line}`,
      ),
      ...missingIn(undisturbed.transitions, disturbed.transitions).map((line) => `extra: ${line}`),
      ...missingIn(disturbed.outages, undisturbed.outages).map((line) => `missing: ${line}`),
      ...missingIn(undisturbed.outages, disturbed.outages).map((line) => `extra: ${line}`),
    ],
  };
}

/** Whether two runs came to the same. */
export function isSame({ lost, extra, decided }: Differences): boolean {
  return lost === 0 && extra === 0 && decided.length === 0;
}

/** The lines that `list` lacks; a line that is there twice is needed twice. */
function missingIn(list: readonly string[], lines: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of list) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
