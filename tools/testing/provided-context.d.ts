import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** NetPost's stand-in, running in Node beside the tests in workerd: one for each of their workers. */
    standIns: { url: string; controlUrl: string }[];
    /** Two servers of malformed answers, two origins. */
    rawServer: { url: string; otherUrl: string };
    /** Ports on loopback, broken each in its way, and a resolver whose path says what it answers. */
    broken: {
      ports: Record<
        "closed" | "hanging" | "hangingUp" | "untrusted" | "edgeThenNobody" | "full",
        number
      >;
      resolverUrl: string;
      /** A server that answers with the status in its path, as Cloudflare's edge does. */
      edgeUrl: string;
      /** A server that repeats whatever it is sent. */
      leakyUrl: string;
    };
    /** Ports and addresses on loopback, each of a server that behaves as its name says. */
    protocols: {
      tcp: Record<import("./protocols/names.ts").TcpServerName, number>;
      tls: Record<import("./protocols/names.ts").TlsServerName, number>;
      resolverUrl: string;
      webSocketUrl: string;
      /** The same server over HTTPS, with a chain that is trusted. */
      securePort: number;
      /** When the certificate of the TLS servers is valid, epoch ms. */
      certificate: { from: number; until: number };
    };
    /** Services that are told metrics and status: tools/testing/vendors/vendor-server.ts. */
    vendors: { url: string };
    /** Receivers of notifications: boxes by HTTP, and mail servers. */
    receivers: {
      /** `${url}/<box>/…`; `${url}/control/<box>` sets how it answers and tells what came. */
      url: string;
      /** `${mailUrl}/<name>` tells what a mail server took and heard. */
      mailUrl: string;
      smtpPorts: Record<import("./receivers/names.ts").SmtpReceiverName, number>;
    };
  }
}
