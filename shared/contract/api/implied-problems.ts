/**
 * The statuses with which any route may refuse without declaring them itself: what is not valid, a
 * key that does not do, too long a body, too many requests, and a fault of ours.
 *
 * @param path of the route
 * @param hasBody whether it takes one
 */
export function impliedProblems(path: string, hasBody: boolean): readonly number[] {
  return [
    400,
    ...(path.startsWith("/api/monitoring/") ? [401, 403] : []),
    ...(hasBody ? [413] : []),
    429,
    500,
  ];
}
