import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config/parse.ts";
import type { ConfigInput } from "../../shared/config/schema.ts";
import { privateTargets } from "./private-targets.ts";

const addresses: Record<string, readonly string[]> = {
  "netpost.example": ["203.0.113.7"],
  "inside.example": ["203.0.113.8", "10.0.0.7"],
};
const resolve = async (name: string) => addresses[name] ?? [];

function told(input: Partial<ConfigInput>) {
  const parsed = parseConfig({
    baseUrl: "https://netpost.example",
    regions: { "us-east": { locationHint: "enam" } },
    monitors: [],
    ...input,
  });
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  return privateTargets(parsed.config, resolve);
}

const last = ", which only ALLOW_PRIVATE_TARGETS=true lets it be";

describe("the private targets of a configuration", () => {
  it("are none where all is public, or resolves to nothing", async () => {
    const monitors = [
      { id: "home", name: "Home", url: "/" },
      { id: "gone", name: "Gone", url: "https://gone.example/" },
      { id: "db", name: "Database", type: "tcp", host: "203.0.113.9", port: 5432 },
      { id: "job", name: "Job", type: "heartbeat", every: 3_600 },
    ] as const;
    expect(await told({ monitors: [...monitors] })).toEqual([]);
  });

  it("are told with their place, once where many share a base URL", async () => {
    const monitors = [
      { id: "home", name: "Home", url: "/" },
      { id: "feed", name: "Feed", url: "/feed" },
    ];
    expect(await told({ baseUrl: "http://127.0.0.1:8790", monitors })).toEqual([
      `baseUrl: 127.0.0.1 is private${last}`,
    ]);
  });

  it("are found in every kind of monitor", async () => {
    const common = { name: "Inside" };
    const step = { name: "one", url: "http://[::1]/" };
    const monitors: ConfigInput["monitors"] = [
      { ...common, id: "a", url: "https://inside.example/" },
      { ...common, id: "b", type: "transaction", steps: [{ name: "zero", url: "/" }, step] },
      { ...common, id: "c", type: "tcp", host: "db.internal", port: 5432 },
      { ...common, id: "d", type: "tls", host: "192.168.0.1" },
      { ...common, id: "e", type: "dns", host: "a.example", resolver: "http://10.0.0.1/" },
      { ...common, id: "f", type: "websocket", url: "ws://localhost/" },
    ];
    const controls = ["http://169.254.169.254/"];
    expect(await told({ controls, monitors })).toEqual([
      `controls.0: 169.254.169.254 is private${last}`,
      `monitors.0.url: inside.example resolves to 10.0.0.7, which is private${last}`,
      `monitors.1.steps.1.url: [::1] is private${last}`,
      `monitors.2.host: db.internal is private${last}`,
      `monitors.3.host: 192.168.0.1 is private${last}`,
      `monitors.4.resolver: 10.0.0.1 is private${last}`,
      `monitors.5.url: localhost is private${last}`,
    ]);
  });
});
