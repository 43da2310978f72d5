import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** NetPost's stand-in, running in Node beside the tests in workerd. */
    standIn: { url: string; controlUrl: string };
    /** Two servers of malformed answers, two origins. */
    rawServer: { url: string; otherUrl: string };
    /** Ports on loopback, broken each in its way, and a resolver whose path says what it answers. */
    broken: {
      ports: Record<"closed" | "hanging" | "hangingUp" | "untrusted" | "full", number>;
      resolverUrl: string;
      /** A server that repeats whatever it is sent. */
      leakyUrl: string;
    };
    /** Ports and addresses on loopback, each of a server that behaves as its name says. */
    protocols: {
      tcp: Record<import("./protocols/names.ts").TcpServerName, number>;
      tls: Record<import("./protocols/names.ts").TlsServerName, number>;
      resolverUrl: string;
      webSocketUrl: string;
      /** When the certificate of the TLS servers is valid, epoch ms. */
      certificate: { from: number; until: number };
    };
  }
}
