/** Which of two lists of notifications are the same, and which only one of them has. */
import { subjectOf } from "./backtest-acts.ts";

/** What is compared of a notification. Epoch seconds. */
export interface Comparable {
  readonly at: number;
  readonly incident: string;
  readonly channel: string;
  readonly kind: string;
}

export interface Matched<A extends Comparable, B extends Comparable> {
  readonly onlyBefore: readonly A[];
  readonly onlyAfter: readonly B[];
  /** With the seconds by which the second comes later; negative where it comes earlier. */
  readonly both: readonly {
    readonly before: A;
    readonly after: B;
    readonly shiftSeconds: number;
  }[];
}

/** Notifications of incidents that began at different times are one if no farther apart, seconds. */
const matchWithinSeconds = 3_600;

/**
 * Matches notifications of the same kind through the same channel: first those of the same incident,
 * one after the other; then, of those left, those about the same rule and subject that are near in
 * time, for another threshold gives an incident another beginning.
 */
export function matchPages<A extends Comparable, B extends Comparable>(
  before: readonly A[],
  after: readonly B[],
): Matched<A, B> {
  const exact = pair(before, after, ({ incident }) => incident, Number.POSITIVE_INFINITY);
  const near = pair(
    exact.onlyBefore,
    exact.onlyAfter,
    ({ incident }) => subjectOf(incident),
    matchWithinSeconds,
  );
  return {
    onlyBefore: near.onlyBefore,
    onlyAfter: near.onlyAfter,
    both: [...exact.both, ...near.both].toSorted((a, b) => a.before.at - b.before.at),
  };
}

function pair<A extends Comparable, B extends Comparable>(
  before: readonly A[],
  after: readonly B[],
  of: (page: Comparable) => string,
  within: number,
): Matched<A, B> {
  const keyOf = (page: Comparable) => JSON.stringify([of(page), page.channel, page.kind]);
  const waiting = Map.groupBy(inOrder(after), keyOf);
  const both: { before: A; after: B; shiftSeconds: number }[] = [];
  const taken = new Set<B>();
  const onlyBefore: A[] = [];
  for (const one of inOrder(before)) {
    const candidates = waiting.get(keyOf(one)) ?? [];
    const index = candidates.findIndex(({ at }) => Math.abs(at - one.at) <= within);
    const [other] = index < 0 ? [] : candidates.splice(index, 1);
    if (other === undefined) {
      onlyBefore.push(one);
      continue;
    }
    taken.add(other);
    both.push({ before: one, after: other, shiftSeconds: other.at - one.at });
  }
  return { onlyBefore, onlyAfter: inOrder(after).filter((one) => !taken.has(one)), both };
}

function inOrder<T extends Comparable>(pages: readonly T[]): T[] {
  return pages.toSorted((a, b) => a.at - b.at);
}
