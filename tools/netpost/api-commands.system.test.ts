/** The commands that ask the API, against the real Workers, as a person at a terminal would. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { slaDocumentSchema } from "../../shared/contract/api/sla.ts";
import { configText, folderForTest, runConfig } from "../config/testing/cli.ts";
import { earlyMinute } from "../runtime/early-minute.ts";
import { type Runtime, startRuntime } from "../runtime/index.ts";
import { type StandIn, startStandIn } from "../stand-in/index.ts";

const adminToken = "admin-token-for-tests";
const cwd = folderForTest({});
const dataDir = join(cwd, "data");
let standIn: StandIn;
let runtime: Runtime;

const run = (line: string) => {
  // What is in quotation marks is one argument.
  const args = line.match(/"[^"]*"|\S+/g) ?? [];
  return runConfig([...args.map((arg) => arg.replaceAll('"', "")), "--data", dataDir], { cwd });
};

/** What a command prints that does what it says. */
async function said(line: string): Promise<string> {
  const { code, stdout, stderr } = await run(line);
  expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: "" });
  return stdout.trimEnd();
}

beforeAll(async () => {
  standIn = await startStandIn({ seed: 1 });
  runtime = await startRuntime({
    dataDir,
    vars: { probe: { ALLOW_PRIVATE_TARGETS: "true" }, api: { ADMIN_TOKEN: adminToken } },
  });
  const file = configText({
    baseUrl: standIn.url,
    defaults: { attempts: 1, failuresToOpen: 1 },
    monitors: [
      { id: "api", name: "API", url: "/api/health" },
      { id: "feed", name: "Feed", url: "/api/feed" },
    ],
  });
  const folder = folderForTest({ "monitors.ts": file });
  const applied = await runConfig(["apply", "--file", "monitors.ts", "--yes", "--data", dataDir], {
    cwd: folder,
  });
  expect(applied).toMatchObject({ code: 0, stderr: "" });
  await standIn.setFaults([{ kind: "status", status: 503, path: "/api/feed" }]);
  await runtime.tick(await earlyMinute());
});

afterAll(async () => {
  await runtime?.stop();
  await standIn?.stop();
});

it("status shows at a glance what is wrong, worst first", async () => {
  const table = await said("status");
  expect(table).toMatch(/^1 down, 1 up {2}\(as of .+ ago\)/);
  expect(table.indexOf("feed")).toBeLessThan(table.indexOf("api "));
  expect(table).toMatch(/feed .*down.*status 503/);
  expect(table).toContain("Open incidents");
  expect(JSON.parse(await said("status --json"))).toMatchObject({
    monitors: [
      { id: "api", status: "up" },
      { id: "feed", status: "down" },
    ],
    incidents: [{ number: 1 }],
  });
});

it("sla asks for a window, and says which option it does not understand", async () => {
  expect(await said("sla --window 24h")).toMatch(/Monitor +Available +Target/);
  const document = slaDocumentSchema.parse(JSON.parse(await said("sla --json --monitor feed")));
  expect(document.monitors.map(({ id }) => id)).toEqual(["feed"]);
  expect(await run("sla --period fortnight")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^--period: .*\n$/),
  });
  expect(await run("sla --monitor nobody")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/monitor: no such monitor; allowed: api, feed\n$/),
  });
});

it("probe shows what every region sees now", async () => {
  const transcript = await said("probe feed --region us-east");
  expect(transcript).toContain("us-east");
  expect(transcript).toContain("503");
  expect(await run("probe nothing")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^.*nothing.*\n$/),
  });
});

it("ack takes an incident on, once", async () => {
  expect(await said("ack 1 --by ann")).toMatch(/^ann has incident 1: .*Feed/);
  expect(await run("ack 1 --by ben")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^Ann has it already\.\n$/),
  });
});

it("silences are made, listed and ended", async () => {
  const made = await said('silence create --match monitor=feed --minutes 30 --reason "new disks"');
  expect(made).toMatch(/^Silence 1: monitor=feed, until /);
  expect(await said("silence list")).toMatch(/1 +active +monitor=feed .*new disks/);
  expect(await said("silence end 1")).toBe("Silence 1 is over.");
  expect(await said("silence list")).toBe("No silences.");
  expect(
    await run('silence create --match monitor=feed --ends tomorrow --reason "new disks"'),
  ).toMatchObject({ code: 1, stderr: expect.stringMatching(/^--ends: .*\n$/) });
});

it("says in a line who does not answer, and what is wrong with a key", async () => {
  expect(await run("status --url http://127.0.0.1:2 --key some-key-of-length")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^http:\/\/127\.0\.0\.1:2 does not answer: .*\n$/),
  });
  const wrong = await run(`status --url ${runtime.apiUrl} --key a-wrong-key-of-some-length`);
  expect(wrong).toMatchObject({
    code: 1,
    stderr: "The key is missing, wrong or no longer valid (--key or NETPOST_KEY).\n",
  });
});
