/** The real api against generated requests, and against its own typed client. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiProblemError, createClient } from "../client/index.ts";
import type { Runtime } from "../runtime/index.ts";
import { differing, digestTables } from "./digest.ts";
import { runFuzz } from "./run-fuzz.ts";
import { closeConnections } from "./send.ts";
import { keys, startWorld } from "./world.ts";

const dataDir = await mkdtemp(join(tmpdir(), "netpost-fuzz-test-"));
const logged: string[] = [];
let runtime: Runtime;

beforeAll(async () => {
  runtime = await startWorld(dataDir, (text) => logged.push(text));
});

afterAll(async () => {
  closeConnections();
  await runtime?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it("300 generated requests find nothing", async () => {
  const numbers = Array.from({ length: 300 }, (_, index) => index);
  const { asked, failures, statuses } = await runFuzz(runtime, { seed: 1, numbers });
  expect(failures.map(({ what, answer }) => `${what} ${answer}`)).toEqual([]);
  expect(logged).toEqual([]);
  expect(asked).toBe(300);
  // They come through to the routes, and are not all refused at the door.
  for (const reached of ["admin 200", "reader 200", "reader 403", "admin 400", "stranger 401"]) {
    expect(statuses.get(reached), reached).toBeGreaterThan(0);
  }
});

it("a change is found by the tables that it is in", async () => {
  const before = await digestTables(runtime);
  await runtime.query("UPDATE ledger SET version = version + 1");
  expect(differing(before, await digestTables(runtime))).toEqual(["ledger"]);
});

describe("the client", () => {
  it("gets what the contract says, page by page where there are pages", async () => {
    const client = createClient({ baseUrl: runtime.apiUrl, key: keys.admin });
    const { monitors } = await client.call("listMonitors");
    expect(monitors.map(({ id }) => id).sort()).toEqual(["api", "backup", "home"]);
    const pages: unknown[] = [];
    for await (const page of client.pages("listOutages", { query: { state: "all", limit: "1" } })) {
      pages.push(page.nextCursor);
    }
    expect(pages.at(-1)).toBeNull();
    const made = await client.call("createSilence", {
      body: { matchers: [{ field: "monitor", value: "home" }], reason: "Trying", minutes: 5 },
    });
    expect(made.silence.state).toBe("active");
    const ended = await client.call("endSilence", { params: { id: made.silence.id } });
    expect(ended.silence.state).toBe("past");
  });

  it("tells why it was refused", async () => {
    const client = createClient({ baseUrl: runtime.apiUrl, key: keys.reader });
    const unknown = await client
      .call("getMonitor", { params: { id: "nothing" } })
      .catch((error: unknown) => error);
    expect(unknown).toBeInstanceOf(ApiProblemError);
    expect(unknown).toMatchObject({ slug: "unknown-monitor", status: 404 });
    await expect(
      client.call("acknowledgeIncident", { params: { number: 1 } }),
    ).rejects.toMatchObject({ slug: "forbidden" });
  });
});
