const MONITOR_AGENT = /^NetPost-Monitor\/\S+ \(([a-z0-9][a-z0-9-]{0,31});/;

/** Most distinct user agents remembered; a monitor has one per region and version. */
const REMEMBERED_AGENTS = 256;
const remembered = new Map<string, string | null>();

/**
 * The region a request says it comes from: `us-east` for
 * `User-Agent: NetPost-Monitor/1.0.0 (us-east; +https://…)`, null for any other user agent.
 */
export function regionOf(userAgent: string | undefined): string | null {
  if (userAgent === undefined) return null;
  const known = remembered.get(userAgent);
  if (known !== undefined) return known;
  const region = MONITOR_AGENT.exec(userAgent)?.[1] ?? null;
  if (remembered.size >= REMEMBERED_AGENTS) remembered.clear();
  remembered.set(userAgent, region);
  return region;
}
