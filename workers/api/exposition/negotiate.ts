import { parseAccept } from "hono/utils/accept";
import type { ExpositionFormat } from "./render.ts";

export type MetricsFormat = "json" | ExpositionFormat;

interface Offer {
  readonly format: MetricsFormat;
  readonly type: string;
  readonly version: string | null;
}

/** Of those that are liked equally, the first is served. */
const offers: readonly Offer[] = [
  { format: "json", type: "application/json", version: null },
  { format: "openmetrics", type: "application/openmetrics-text", version: "1.0.0" },
  { format: "prometheus", type: "text/plain", version: "0.0.4" },
];

/**
 * The format that an Accept header likes best (RFC 9110, 12.5.1: the narrowest range that fits says
 * how much). Where none is liked it is JSON, as without a header.
 */
export function negotiateFormat(accept: string | undefined): MetricsFormat {
  if (accept === undefined) return "json";
  const ranges = parseAccept(accept);
  let best: { readonly format: MetricsFormat; readonly q: number } = { format: "json", q: 0 };
  for (const offer of offers) {
    let narrowest = { rank: 0, q: 0 };
    for (const { type, params, q } of ranges) {
      const rank = rankOf(offer, type.toLowerCase(), params["version"]);
      if (rank > narrowest.rank) narrowest = { rank, q };
    }
    if (narrowest.q > best.q) best = { format: offer.format, q: narrowest.q };
  }
  return best.format;
}

/** How narrowly a media range means an offer; 0: not at all. */
function rankOf({ type, version }: Offer, range: string, wanted: string | undefined): number {
  if (range === type) {
    if (wanted === undefined || version === null) return 3;
    return wanted.replaceAll('"', "") === version ? 4 : 0;
  }
  if (range === `${type.split("/")[0]}/*`) return 2;
  return range === "*/*" ? 1 : 0;
}
