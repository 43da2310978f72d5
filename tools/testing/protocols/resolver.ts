import { createServer, type ServerResponse } from "node:http";
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

/** A resolver of DNS over HTTPS whose answer depends on the name that is asked for. */
export function resolver(): Server {
  return createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    const type = searchParams.get("type") ?? "";
    answer(searchParams.get("name"), type, response, request.headers);
  });
}

function answer(
  name: string | null,
  type: string,
  response: ServerResponse,
  headers: Readonly<Record<string, unknown>>,
): void {
  const say = (body: Answer) => {
    response.writeHead(200, { "Content-Type": "application/dns-json" });
    response.end(JSON.stringify(body));
  };
  switch (name) {
    case "netpost.example":
      return say({ Status: 0, Answer: known.get(type) ?? [] });
    case "empty.example":
      return say({ Status: 0 });
    case "agent.example": {
      const data = JSON.stringify(`${headers["user-agent"]} ${headers["accept"]}`);
      return say({ Status: 0, Answer: [{ type: 16, data }] });
    }
    case "nxdomain.example":
      return say({ Status: 3 });
    case "servfail.example":
      return say({ Status: 2 });
    case "refused.example":
      return say({ Status: 5 });
    case "garbage.example":
      return void response.end("<html>");
    case "other-json.example":
      return void response.end('{"Status":"fine"}');
    case "unavailable.example":
      return void response.writeHead(503).end();
    case "elsewhere.example":
      return void response.writeHead(302, { Location: "/elsewhere" }).end();
    case "reset.example":
      return void response.destroy();
    case "endless.example":
      return writeEndlessly(response);
    case "cloudflare.example":
      return say({ Status: 0, Answer: [{ type: 1, data: "104.16.0.1" }] });
    default: // "silent.example" gets no answer at all
  }
}

function writeEndlessly(response: ServerResponse): void {
  const piece = Buffer.alloc(16_384, " ");
  const write = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", write);
  write();
}
