/**
 * Every path NetPost's stand-in knows. `:id` stands for one path segment. Faults and request
 * counts are keyed by these, so that one typing error in a path cannot pass unseen.
 */
export const ENDPOINT_PATHS = [
  "/",
  "/api/health",
  "/api/health/detailed",
  "/api/health/ready",
  "/api/health/live",
  "/api/metrics",
  "/api/auth/providers",
  "/api/auth/login",
  "/api/auth/session",
  "/api/auth/logout",
  "/api/posts",
  "/api/posts/:id",
  "/api/feed",
  "/api/search",
] as const;

export type EndpointPath = (typeof ENDPOINT_PATHS)[number];

const byPath: ReadonlyMap<string, EndpointPath> = new Map(
  ENDPOINT_PATHS.map((path) => [path, path]),
);
const POST_BY_ID = /^\/api\/posts\/[^/?#]+$/;

/** The endpoint that answers `pathname` (no query string), or null when NetPost has none there. */
export function endpointPathOf(pathname: string): EndpointPath | null {
  return byPath.get(pathname) ?? (POST_BY_ID.test(pathname) ? "/api/posts/:id" : null);
}
