import { issuedFrom, issuedUntil } from "./issued-certificate.ts";
import { Loopback } from "./protocols/loopback.ts";
import { resolver } from "./protocols/resolver.ts";
import { tcpServers } from "./protocols/tcp-servers.ts";
import { tlsServers } from "./protocols/tls-servers.ts";
import { webSocketServer } from "./protocols/websocket-server.ts";
import type { ServerHost } from "./server-host.ts";
import { trustedChain } from "./trusted-chain.ts";

/** Starts servers of TCP, TLS, DNS over HTTPS and WebSocket for a test run; returns what stops them. */
export default async function setup(host: ServerHost): Promise<() => void> {
  const loopback = new Loopback();
  host.provide("protocols", {
    tcp: await loopback.listenAll(tcpServers()),
    tls: await loopback.listenAll(tlsServers()),
    resolverUrl: `http://127.0.0.1:${await loopback.listen(resolver())}/dns-query`,
    securePort: await loopback.listen(webSocketServer(trustedChain)),
    webSocketUrl: `ws://127.0.0.1:${await loopback.listen(webSocketServer())}`,
    certificate: { from: issuedFrom, until: issuedUntil },
  });
  return () => loopback.stop();
}
