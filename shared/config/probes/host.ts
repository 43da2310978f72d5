import { z } from "zod";

const label = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const hostName = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`, "i");

/** A host name, without a dot at its end. */
export const hostNameField = z
  .string()
  .regex(hostName, "a host name, for example db.netpost.example");

/** A host name, an IPv4 address, or an IPv6 address without brackets. */
export const hostField = z.union(
  [hostNameField, z.ipv4(), z.ipv6()],
  "a host name or an IP address, without a scheme, brackets or a port",
);

/** A TCP port that a Worker may open a connection to. */
export const portField = z
  .int()
  .min(1)
  .max(65_535)
  .refine((port) => port !== 25, "not port 25, to which Cloudflare's platform opens no connection");
