/** Ranges that lead nowhere on the open internet (IANA special-purpose registries, RFC 6890), IPv4. */
const privateV4: readonly (readonly [network: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
];

/** Names that no public resolver answers (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const privateNames = ["localhost", "local", "internal", "home.arpa"];

/**
 * Whether a host is private by what it says: an address in a range that is not public, in any way
 * that URLs allow to write it, or a name that is local by its end. What other names resolve to is
 * not looked at.
 *
 * @param host a name or an address; IPv6 with or without brackets
 */
export function isPrivateHost(host: string): boolean {
  const canonical = canonicalHost(host);
  if (canonical === null) return false;
  if (canonical.startsWith("[")) return isPrivateV6(canonical.slice(1, -1));
  const v4 = numberOfV4(canonical);
  if (v4 !== null) return isPrivateV4(v4);
  const name = canonical.replace(/\.$/, "");
  return privateNames.some((end) => name === end || name.endsWith(`.${end}`));
}

/** As the URL standard writes it: `127.1`, `0x7f000001` and `127.0.0.1` are one. */
function canonicalHost(host: string): string | null {
  const bracketed = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const url = `http://${bracketed}/`;
  return URL.canParse(url) ? new URL(url).hostname : null;
}

function numberOfV4(address: string): number | null {
  const parts = address.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return null;
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
}

function isPrivateV4(address: number): boolean {
  return privateV4.some(([network, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === Math.floor((numberOfV4(network) ?? 0) / size);
  });
}

function isPrivateV6(address: string): boolean {
  const groups = groupsOf(address);
  const [first = 0, second = 0] = groups;
  const low = groups.slice(6).reduce((number, group) => number * 65_536 + group, 0);
  const leading = (count: number) => groups.slice(0, count).every((group) => group === 0);
  // Unspecified, loopback, and the old way of writing IPv4.
  if (leading(6)) return low <= 1 || isPrivateV4(low);
  // IPv4 in IPv6 (RFC 4291, 2.5.5.2), and what NAT64 makes of it (RFC 6052).
  if (leading(5) && groups[5] === 0xffff) return isPrivateV4(low);
  if (first === 0x64 && second === 0xff9b) return isPrivateV4(low);
  // 6to4 (RFC 3056) carries an IPv4 address, too.
  if (first === 0x2002) return isPrivateV4(second * 65_536 + (groups[2] ?? 0));
  // Unique local, link-local, site-local, multicast.
  return (first & 0xfe00) === 0xfc00 || (first & 0xff80) === 0xfe80 || (first & 0xff00) === 0xff00;
}

/** The eight groups of an address as URLs write it. */
function groupsOf(address: string): readonly number[] {
  const [head = "", tail = ""] = address.split("::");
  const read = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [left, right] = [read(head), read(tail)];
  if (!address.includes("::")) return left;
  const gap = Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array.from({ length: gap }, () => 0), ...right];
}
