/** A server of raw bytes on loopback: answers that no HTTP library would send. For tests. */
import { createServer, type Socket } from "node:net";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

type Bytes = string | Buffer;
/** Writes an answer to a request whose head was read. */
type Answer = (socket: Socket, request: RawRequest) => void;

type RawRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type RawServer = { readonly url: string; stop(): Promise<void> };

const bombBytes = 64 * 1_048_576;
const zeros = Buffer.alloc(bombBytes, "a");
// Fast to make, and still a thousandfold: what is tested is the reading.
const gzipBomb = gzipSync(zeros, { level: 1 });
const brotliBomb = brotliCompressSync(zeros, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
});

const chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";

const answers: Readonly<Record<string, Answer>> = {
  "/good": say(ok("good")),
  "/json": say(ok('{"status":"ok","ms":12.5}', "Content-Type: application/json\r\n")),
  "/echo": (socket, { method, path, query, headers, body }) => {
    socket.end(ok(JSON.stringify({ method, path, query: String(query), headers, body })));
  },
  "/large": say(ok("a".repeat(2 * 1_048_576))),
  "/redirect": (socket, { query }) => {
    const status = query.get("status") ?? "302";
    const location = query.get("to");
    const header = location === null ? "" : `Location: ${location}\r\n`;
    socket.end(`HTTP/1.1 ${status} Go\r\n${header}Content-Length: 0\r\nConnection: close\r\n\r\n`);
  },
  "/loop": say(
    "HTTP/1.1 302 Go\r\nConnection: close\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n",
  ),
  "/gigantic-header": say(ok("good", `X-Big: ${"a".repeat(4 * 1_048_576)}\r\n`)),
  "/many-headers": say(ok("good", "X-Many: a\r\n".repeat(100_000))),
  "/endless-headers": endless("HTTP/1.1 200 OK\r\n", `X-More: ${"a".repeat(1_000)}\r\n`),
  "/head-then-silence": (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Le"),
  "/endless-interim": trickle("", "HTTP/1.1 100 Continue\r\n\r\n"),
  "/endless-chunks": endless(chunkedHead, `400\r\n${"a".repeat(1_024)}\r\n`),
  "/endless-until-close": endless(
    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
    "a".repeat(1_024),
  ),
  "/endless-spaces": trickle(`${chunkedHead}400`, " "),
  "/bad-chunk-size": say(`${chunkedHead}4\r\ngood\r\nzz\r\nmore\r\n0\r\n\r\n`),
  "/negative-chunk-size": say(`${chunkedHead}-4\r\ngood\r\n0\r\n\r\n`),
  "/overlong-chunk": say(`${chunkedHead}2\r\ngood\r\n0\r\n\r\n`),
  "/chunks-cut": say(`${chunkedHead}4\r\ngood\r\n`),
  "/length-too-large": say(
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 100\r\n\r\ngood",
  ),
  "/length-too-small": say(
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\ngood and much more",
  ),
  "/length-twice": say(
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\ngood",
  ),
  "/length-negative": say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: -4\r\n\r\ngood"),
  "/length-no-number": say(
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: four\r\n\r\ngood",
  ),
  "/length-astronomical": say(
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 99999999999999999999999\r\n\r\ngood",
  ),
  "/not-utf-8": say(
    Buffer.concat([
      Buffer.from("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 20\r\n\r\n"),
      Buffer.from('{"status":"ok","x":"', "latin1").subarray(0, 17),
      Buffer.from([0xc3, 0x28, 0x7d]),
    ]),
  ),
  "/gzip-bomb": say(encoded("gzip", gzipBomb)),
  "/brotli-bomb": say(encoded("br", brotliBomb)),
  "/gzip-bomb-in-gzip": say(encoded("gzip, gzip", gzipSync(gzipBomb))),
  "/gzip-garbage": say(encoded("gzip", Buffer.from("this is no gzip at all"))),
  "/gzip-cut": say(encoded("gzip", gzipSync("good".repeat(1_000)).subarray(0, 20))),
  "/gzip-good": say(encoded("gzip", gzipSync('{"status":"ok"}'))),
  "/garbage": say(Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7919) % 256))),
  "/other-protocol": say("SSH-2.0-OpenSSH_9.9\r\n"),
  "/status-no-number": say("HTTP/1.1 abc OK\r\nContent-Length: 4\r\n\r\ngood"),
  "/status-large": say("HTTP/1.1 999 Odd\r\nConnection: close\r\nContent-Length: 4\r\n\r\ngood"),
  "/status-tiny": say("HTTP/1.1 42 Odd\r\nContent-Length: 4\r\n\r\ngood"),
  "/header-without-colon": say("HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 4\r\n\r\ngood"),
  "/header-with-null": say(ok("good", "X-Bad: a\0b\r\n")),
  "/header-with-return": say(ok("good", "X-Bad: a\rSet-Cookie: b\r\n")),
  "/header-folded": say(ok("good", "X-Bad: a\r\n Set-Cookie: b\r\n")),
  "/nothing": (socket) => socket.end(),
  "/reset": (socket) => socket.resetAndDestroy(),
  // A token that would end its header and begin another, and one that would not fit into any.
  "/token-with-lines": say(ok(JSON.stringify({ token: "a\r\nX-Injected: yes" }))),
  "/token-with-quotes": say(ok(JSON.stringify({ token: 'a","admin":"yes' }))),
  "/token-gigantic": say(ok(JSON.stringify({ token: "a".repeat(100_000) }))),
};

function ok(body: string, headers = ""): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${length}\r\nConnection: close\r\n\r\n${body}`;
}

function encoded(encoding: string, body: Buffer): Buffer {
  const head = `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function say(bytes: Bytes): Answer {
  return (socket) => socket.end(bytes);
}

/** Goes on as long as the other side takes it. */
function endless(head: string, piece: string): Answer {
  const pieces = Buffer.from(piece.repeat(Math.ceil(16_384 / piece.length)));
  return (socket) => {
    socket.write(head);
    const more = (): void => {
      while (!socket.destroyed && socket.write(pieces));
    };
    socket.on("drain", more);
    more();
  };
}

/** Goes on for ever too, but leaves the other side time for something else. */
function trickle(head: string, piece: string): Answer {
  return (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write(piece), 10);
    socket.on("close", () => clearInterval(timer));
  };
}

/** Starts it on a free port of this machine. */
export async function startRawServer(): Promise<RawServer> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    // The client goes away in the middle: that is what is tested.
    socket.on("error", () => {});
    let received = Buffer.alloc(0);
    const take = (data: Buffer): void => {
      received = Buffer.concat([received, data]);
      const request = parse(received);
      if (request === null) return;
      socket.off("data", take);
      socket.resume();
      (answers[request.path] ?? say("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))(
        socket,
        request,
      );
    };
    socket.on("data", take);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A request, or null until it has come whole. */
function parse(received: Buffer): RawRequest | null {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [first = "", ...lines] = received.toString("latin1", 0, end).split("\r\n");
  const [method = "", target = "/"] = first.split(" ");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = received.subarray(end + 4);
  if (body.length < Number(headers["content-length"] ?? 0)) return null;
  const { pathname, searchParams } = new URL(target, "http://localhost");
  return { method, path: pathname, query: searchParams, headers, body: body.toString() };
}
