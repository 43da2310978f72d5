import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { Server } from "node:net";

type Answer = {
  readonly Status: number;
  readonly Answer?: readonly { type: number; data: string }[];
};

/** Every record of `netpost.example`, whatever its type: a resolver gives the chain of names too. */
const records = {
  A: [
    { type: 5, data: "edge.netpost.example." },
    { type: 1, data: "192.0.2.7" },
    { type: 1, data: "192.0.2.8" },
  ],
  AAAA: [{ type: 28, data: "2001:db8:0:0:0:0:0:7" }],
  CNAME: [{ type: 5, data: "Edge.NetPost.example." }],
  MX: [{ type: 15, data: "10 mail.netpost.example." }],
  TXT: [
    { type: 16, data: '"v=spf1 include:_spf.netpost.example " "-all"' },
    { type: 16, data: '"site=a\\"b"' },
    { type: 16, data: "bare text" },
  ],
  NS: [
    { type: 2, data: "ns2.netpost.example." },
    { type: 2, data: "ns1.netpost.example." },
  ],
} satisfies Record<string, Answer["Answer"]>;

const known = new Map<string, Answer["Answer"]>(Object.entries(records));

type Exchange = {
  readonly type: string;
  readonly headers: IncomingHttpHeaders;
  readonly response: ServerResponse;
};

function say(response: ServerResponse, body: Answer): void {
  response.writeHead(200, { "Content-Type": "application/dns-json" });
  response.end(JSON.stringify(body));
}

/** By the name that is asked for. */
const answers = new Map<string, (exchange: Exchange) => void>([
  [
    "netpost.example",
    ({ response, type }) => say(response, { Status: 0, Answer: known.get(type) ?? [] }),
  ],
  ["empty.example", ({ response }) => say(response, { Status: 0 })],
  [
    "agent.example",
    ({ response, headers }) => {
      const data = JSON.stringify(`${headers["user-agent"]} ${headers.accept}`);
      say(response, { Status: 0, Answer: [{ type: 16, data }] });
    },
  ],
  ["nxdomain.example", ({ response }) => say(response, { Status: 3 })],
  ["servfail.example", ({ response }) => say(response, { Status: 2 })],
  ["refused.example", ({ response }) => say(response, { Status: 5 })],
  ["garbage.example", ({ response }) => response.end("<html>")],
  ["other-json.example", ({ response }) => response.end('{"Status":"fine"}')],
  ["unavailable.example", ({ response }) => response.writeHead(503).end()],
  [
    "elsewhere.example",
    ({ response }) => response.writeHead(302, { Location: "/elsewhere" }).end(),
  ],
  ["reset.example", ({ response }) => response.destroy()],
  ["endless.example", ({ response }) => writeEndlessly(response)],
]);

/** A resolver of DNS over HTTPS whose answer depends on the name; to others it says nothing. */
export function resolver(): Server {
  return createServer(({ url, headers }, response) => {
    const { searchParams } = new URL(url ?? "/", "http://localhost");
    const type = searchParams.get("type") ?? "";
    answers.get(searchParams.get("name") ?? "")?.({ type, headers, response });
  });
}

function writeEndlessly(response: ServerResponse): void {
  const piece = Buffer.alloc(16_384, " ");
  const write = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", write);
  write();
}
