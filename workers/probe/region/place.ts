import { log } from "../../../shared/log.ts";

/** Where an object really runs: the location hint is a wish, this is what became of it. */
export interface Place {
  /** Cloudflare's data centre, for example `IAD`. */
  readonly colo: string;
  /** Two letters (ISO 3166-1). */
  readonly country: string;
}

const timeoutMs = 2_000;
const largestTrace = 4_096;

/**
 * Asks Cloudflare's trace, the only way to learn it; null where there is none to ask, as on a
 * developer's machine.
 */
export async function findPlace(traceUrl: string): Promise<Place | null> {
  try {
    const response = await fetch(traceUrl, {
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return parseTrace((await response.text()).slice(0, largestTrace));
  } catch (error) {
    log("info", "place-not-found", {}, error);
    return null;
  }
}

/** Reads `colo` and `loc` out of lines of `name=value`; null unless both are there and sound. */
export function parseTrace(text: string): Place | null {
  const colo = /^colo=([A-Z]{3})$/m.exec(text)?.[1];
  const country = /^loc=([A-Z]{2})$/m.exec(text)?.[1];
  return colo === undefined || country === undefined ? null : { colo, country };
}
