/** How many requests the api takes; `wrangler.toml` says the same to the platform. */

/** The platform counts over so many seconds. */
export const rateLimitSeconds = 60;

/** By the name of the binding: what is counted, and how many of it are taken. */
export const rateLimits = {
  /** By address: what is open to everybody; many people may share one. */
  LIMIT_PUBLIC: { policy: "public", quota: 3_000 },
  /** By address: jobs that call in. */
  LIMIT_PING: { policy: "ping", quota: 3_000 },
  /** By address: what needs a key. */
  LIMIT_ADDRESS: { policy: "address", quota: 600 },
  /** By address: requests without a good key. */
  LIMIT_FAILED: { policy: "failed", quota: 20 },
  /** By key, wherever it is used from. */
  LIMIT_KEY: { policy: "key", quota: 1_200 },
} as const;

export type RateLimitBinding = keyof typeof rateLimits;

/**
 * What an address is counted as. Of IPv6 it is the network of 64 bits: one customer has all of it.
 *
 * @param address as the platform tells it
 */
export function countedAddress(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const gap = address.includes("::") ? Math.max(0, 8 - left.length - right.length) : 0;
  const groups = [...left, ...Array.from({ length: gap }, () => "0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
