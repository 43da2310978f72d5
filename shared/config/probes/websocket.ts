import { z } from "zod";
import type { WebSocketProbe } from "../../domain/probes/websocket.ts";
import { isTemplate } from "../../template.ts";
import { settings } from "../settings.ts";
import { headerName, headerValue } from "./header-names.ts";
import { compileBounds, latencyFields } from "./latency.ts";
import { messageField } from "./message.ts";

const ownHeader = /^(?:upgrade|connection|sec-websocket-(?:key|version|accept))$/i;
const openingHeader = headerName.refine(
  (name) => !ownHeader.test(name),
  "not a header that the opening of a WebSocket sets by itself",
);

/** What a WebSocket monitor has besides the common fields. */
export const webSocketFields = {
  type: z.literal("websocket"),
  /** Absolute, or a path below `baseUrl`. */
  url: z.string().refine(isWebSocketUrlOrPath, "a ws(s) URL, or a path that starts with /"),
  headers: z.record(openingHeader, headerValue).default({}),
  /** One text message. */
  send: messageField(65_536).optional(),
  expect: settings({
    /** In one of the messages that come back. */
    contains: z.string().min(1).max(4_096).optional(),
    ...latencyFields,
  }).prefault({}),
};

const webSocketShape = z.object(webSocketFields);

/** Compiles a WebSocket monitor, its address made absolute. */
export function compileWebSocket(
  baseUrl: string,
  monitor: z.infer<typeof webSocketShape>,
): WebSocketProbe {
  const base = baseUrl.replace(/\/+$/, "").replace(/^http/, "ws");
  return {
    kind: "websocket",
    url: monitor.url.startsWith("/") ? `${base}${monitor.url}` : monitor.url,
    headers: monitor.headers,
    send: monitor.send ?? null,
    expect: monitor.expect.contains ?? null,
    conditions: compileBounds(monitor.expect),
  };
}

/** Where it leads is written in the file: a reference stands behind the host only. */
function isWebSocketUrlOrPath(url: string): boolean {
  if (url.startsWith("/")) return !url.startsWith("//");
  const origin = /^wss?:\/\/[^/?#\\]*/i.exec(url)?.[0];
  return origin !== undefined && !isTemplate(origin) && URL.canParse(origin);
}
