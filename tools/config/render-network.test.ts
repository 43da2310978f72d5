import { expect, test } from "vitest";
import { compile } from "../../shared/config/compile.ts";
import { parseConfig } from "../../shared/config/parse.ts";
import { renderJson, renderText } from "./render.ts";

const parsed = parseConfig({
  baseUrl: "https://netpost.example",
  regions: { here: { locationHint: "weur" } },
  monitors: [
    { id: "cache", name: "Cache", type: "tcp", host: "10.0.0.1", port: 6379, send: "swordfish" },
    { id: "cert", name: "Certificate", type: "tls", host: "netpost.example" },
    { id: "mail", name: "Mail", type: "dns", host: "netpost.example", record: "MX" },
    {
      ...{ id: "live", name: "Live", type: "websocket", url: "/live", send: "swordfish" },
      headers: { Authorization: "swordfish" },
    },
  ],
});

test("monitors of the network are shown in a line each, and without what may be a secret", () => {
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  const { monitors } = parsed.config;
  const identities = {
    monitors: new Map(monitors.map(({ id }, index) => [id, { number: index + 1, addedAt: 0 }])),
    regions: new Map([["here", 1]]),
  };
  const plan = { ...compile(parsed.config, identities, 1), revision: 1 };
  const text = renderText({ kind: "shown", plan });
  expect(text.split("\n").slice(-4)).toEqual([
    "  cache  every 60 s  tcp        10.0.0.1:6379               from here",
    "  cert   every 60 s  tls        netpost.example:443         from here",
    "  mail   every 60 s  dns        netpost.example MX          from here",
    "  live   every 60 s  websocket  wss://netpost.example/live  from here",
  ]);
  expect(renderJson({ kind: "shown", plan })).not.toContain("swordfish");
});
