/** A stretch of time [from, to), epoch seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The length of a span in seconds. */
export function lengthOf(span: Span): number {
  return Math.max(0, span.to - span.from);
}

/** Sorts, drops what is empty, and joins what touches or overlaps. */
export function normalise(spans: readonly Span[]): Span[] {
  const sorted = spans.filter((span) => span.to > span.from).sort((a, b) => a.from - b.from);
  const joined: Span[] = [];
  for (const span of sorted) {
    const last = joined.at(-1);
    if (last && span.from <= last.to) {
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    } else joined.push(span);
  }
  return joined;
}

/** What lies in both; both must be normalised. */
export function intersect(a: readonly Span[], b: readonly Span[]): Span[] {
  const common: Span[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const left = a[i];
    const right = b[j];
    if (!left || !right) return common;
    const from = Math.max(left.from, right.from);
    const to = Math.min(left.to, right.to);
    if (to > from) common.push({ from, to });
    if (left.to < right.to) i += 1;
    else j += 1;
  }
}

/** What lies in `a` and not in `b`; both must be normalised. */
export function subtract(a: readonly Span[], b: readonly Span[]): Span[] {
  const rest: Span[] = [];
  let j = 0;
  for (const span of a) {
    let from = span.from;
    while (j > 0 && (b[j - 1]?.to ?? 0) > from) j -= 1;
    for (; ; j += 1) {
      const cut = b[j];
      if (!cut || cut.from >= span.to) break;
      if (cut.to <= from) continue;
      if (cut.from > from) rest.push({ from, to: cut.from });
      from = Math.max(from, cut.to);
    }
    if (from < span.to) rest.push({ from, to: span.to });
  }
  return rest;
}

/** Seconds in all of them; they must be normalised. */
export function totalSeconds(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + lengthOf(span), 0);
}
