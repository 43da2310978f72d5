/** How long it took until people knew: from the first failed attempt to the message delivered. */

/** A first message that was delivered. Epoch seconds. */
export interface DeliveredPage {
  readonly incident: string;
  readonly channel: string;
  readonly startedAt: number;
  readonly detectedAt: number;
  readonly decidedAt: number;
  readonly deliveredAt: number;
}

/** Seconds. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly worst: number;
}

export interface DeliveryTimes {
  readonly delivered: number;
  readonly fromFirstFailure: Spread | null;
  readonly detection: Spread | null;
  readonly decision: Spread | null;
  readonly delivery: Spread | null;
}

/** By incident, through whichever channel was first, and by channel. */
export function deliveryTimes(pages: readonly DeliveredPage[]): {
  readonly incidents: DeliveryTimes;
  readonly channels: ReadonlyMap<string, DeliveryTimes>;
} {
  const byChannel = Map.groupBy(pages, ({ channel }) => channel);
  return {
    incidents: timesOf(firstOfEach(pages)),
    channels: new Map(
      [...byChannel]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([channel, own]) => [channel, timesOf(firstOfEach(own))]),
    ),
  };
}

/** A worsening is told anew: the first message of an incident is what counts. */
function firstOfEach(pages: readonly DeliveredPage[]): DeliveredPage[] {
  const first = new Map<string, DeliveredPage>();
  for (const page of pages) {
    const known = first.get(page.incident);
    if (!known || page.deliveredAt < known.deliveredAt) first.set(page.incident, page);
  }
  return [...first.values()];
}

function timesOf(pages: readonly DeliveredPage[]): DeliveryTimes {
  const spread = (seconds: (page: DeliveredPage) => number) =>
    spreadOf(pages.map((page) => Math.max(0, seconds(page))));
  return {
    delivered: pages.length,
    fromFirstFailure: spread((page) => page.deliveredAt - page.startedAt),
    detection: spread((page) => page.detectedAt - page.startedAt),
    decision: spread((page) => page.decidedAt - page.detectedAt),
    delivery: spread((page) => page.deliveredAt - page.decidedAt),
  };
}

/** Of nearest rank: every figure is one that was seen. */
function spreadOf(seconds: readonly number[]): Spread | null {
  const sorted = seconds.toSorted((a, b) => a - b);
  const worst = sorted.at(-1);
  if (worst === undefined) return null;
  const at = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? worst;
  return { median: at(0.5), p95: at(0.95), worst };
}
