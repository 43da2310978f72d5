/** Cloudflare's own addresses, https://www.cloudflare.com/ips/ (unchanged for years). */
const ipv4Ranges = [
  "103.21.244.0/22",
  "103.22.200.0/22",
  "103.31.4.0/22",
  "104.16.0.0/13",
  "104.24.0.0/14",
  "108.162.192.0/18",
  "131.0.72.0/22",
  "141.101.64.0/18",
  "162.158.0.0/15",
  "172.64.0.0/13",
  "173.245.48.0/20",
  "188.114.96.0/20",
  "190.93.240.0/20",
  "197.234.240.0/22",
  "198.41.128.0/17",
];

/** All of them are whole groups, so comparing text is enough. 2a06:98c0::/29 is eight of them. */
const ipv6Prefix =
  /^(?:2400:cb00|2405:8100|2405:b500|2606:4700|2803:f800|2a06:98c[0-7]|2c0f:f248):/i;

const ranges = ipv4Ranges.map((range) => {
  const [address = "", bits = "32"] = range.split("/");
  const size = 2 ** (32 - Number(bits));
  return { from: ipv4Number(address) ?? 0, size };
});

/**
 * Whether an address is Cloudflare's: a Worker may fetch from there, but not open sockets to it, so
 * that a connect which fails says nothing about the target.
 */
export function isCloudflares(address: string): boolean {
  const number = ipv4Number(address);
  if (number === null) return ipv6Prefix.test(address);
  return ranges.some(({ from, size }) => number >= from && number < from + size);
}

/** Null for what is not an IPv4 address. */
function ipv4Number(address: string): number | null {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return null;
  return address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}
