import { describe, expect, it } from "vitest";
import { parseConfig } from "./parse.ts";
import { fileWith, monitor, regions } from "./testing/fixtures.ts";
import { ofExchanges, ofTransactions } from "./testing/invalid-exchanges.ts";
import { hints, ofAMonitor, ofTheFile } from "./testing/invalid-files.ts";
import { ofLabels } from "./testing/invalid-labels.ts";
import { ofMetrics } from "./testing/invalid-metrics.ts";
import { intervalForm, ofAPolicy, ofExpectations } from "./testing/invalid-policies.ts";
import { ofRetention } from "./testing/invalid-retention.ts";

function mistakesIn(file: unknown): readonly string[] {
  const parsed = parseConfig(file);
  return parsed.ok ? [] : parsed.mistakes;
}

const expecting = (expect: object) => fileWith({ expect });
const fixtures = [
  ...ofTheFile,
  ...ofAMonitor,
  ...ofLabels,
  ...ofMetrics,
  ...ofRetention,
  ...ofAPolicy,
  ...ofExpectations,
  ...ofExchanges,
  ...ofTransactions,
];

describe("parseConfig", () => {
  it.each(fixtures)("refuses a file in one line: %s", (_rule, file, line) => {
    expect(mistakesIn(file)).toEqual([line]);
  });

  const allowed: [name: string, file: unknown][] = [
    ["the least there is", fileWith()],
    ["a file without monitors", fileWith({}, { monitors: [] })],
    ["an absolute URL", fileWith({ url: "http://127.0.0.1:8788/x?y=1" })],
    ["a fast monitor with a budget that fits", fileWith({ intervalSeconds: 10, budgetMs: 9_000 })],
    ["a budget of a whole round", fileWith({ budgetMs: 50_000, timeoutMs: 30_000 })],
    ["a budget that fits twice, in turns", fileWith({ mode: "round-robin", budgetMs: 25_000 })],
    [
      "a fast one too, with time between",
      fileWith({
        ...{ mode: "round-robin", intervalSeconds: 30 },
        ...{ budgetMs: 3_500, timeoutMs: 3_500 },
      }),
    ],
    ["a timeout as long as the budget", fileWith({ budgetMs: 5_000, timeoutMs: 5_000 })],
    ["a quorum of all the regions", fileWith({ quorum: { atLeast: 2 } })],
    [
      "HEAD with a status and a latency",
      fileWith({ method: "HEAD", expect: { status: [200], maxLatencyMs: 9 } }),
    ],
    [
      "a body to POST",
      fileWith({ method: "POST", body: "{}", headers: { "Content-Type": "a/b" } }),
    ],
    ["an id with digits", fileWith({ id: "api-2-health-9" })],
    ["a header with digits and signs", fileWith({ headers: { "X-B3_0.9": "" } })],
    ["a range of all statuses", expecting({ status: [{ from: 100, to: 599 }] })],
    ["a range of one status", expecting({ status: [{ from: 404, to: 404 }] })],
    [
      "secrets wherever they may stand",
      fileWith({
        method: "POST",
        url: "https://netpost.test/x/{{secret.PROBE_A}}?key={{ secret.PROBE_B }}",
        headers: { "X-Key": "k {{secret.PROBE_C}}" },
        body: '{"password":"{{secret.PROBE_D}}","n":{"m":{}}}',
        auth: { basic: { username: "probe", password: "{{secret.PROBE_E}}" } },
        redirects: 10,
      }),
    ],
    [
      "every condition with its outcome",
      expecting({
        statusOtherwise: "degraded",
        headers: [
          { name: "a", present: true },
          { name: "b", absent: true, otherwise: "degraded" },
          { name: "c", equals: "" },
          { name: "d", contains: "e", otherwise: "down" },
        ],
        maxBodyBytes: { bytes: 1, otherwise: "degraded" },
        contains: ["a", { text: "b", otherwise: "degraded" }],
        notContains: [{ text: "c", otherwise: "down" }],
        matches: ["^a", { pattern: "\\d+", otherwise: "degraded" }],
        notMatches: ["(?i)error"],
      }),
    ],
    [
      "a transaction whose steps pass values on",
      fileWith(
        {},
        {
          monitors: [
            {
              id: "session",
              name: "Session",
              type: "transaction",
              expect: { maxLatencyMs: 1, downLatencyMs: 2 },
              steps: [
                { name: "log-in", url: "/login", extract: { token: "$.token", id: "$.id" } },
                { name: "use", url: "/x/{{id}}", auth: { bearer: "{{token}}" }, redirects: 1 },
              ],
            },
          ],
        },
      ),
    ],
    [
      "every kind of JSON condition",
      expecting({
        json: [
          { path: "$.a", exists: true, otherwise: "down" },
          { path: "$['b']", equals: null, otherwise: "degraded" },
          { path: "$..c", oneOf: ["x", 1, false, null] },
          { path: "$.d[0]", atMost: 1.5 },
          { path: "$.d[?@.e > 2]", atLeast: -1 },
        ],
      }),
    ],
  ];
  it.each(allowed)("takes %s", (_name, file) => {
    expect(mistakesIn(file)).toEqual([]);
  });

  it("fills in NetPost's defaults", () => {
    expect(parseConfig(fileWith())).toEqual({
      ok: true,
      config: {
        baseUrl: "https://netpost.test",
        regions: {
          "us-east": { locationHint: "enam", generation: 1 },
          "eu-west": { locationHint: "weur", generation: 1 },
        },
        controls: [],
        defaults: {
          intervalSeconds: 60,
          timeoutMs: 5_000,
          attempts: 3,
          backoffBaseMs: 250,
          backoffCapMs: 2_000,
          budgetMs: 15_000,
          quorum: "majority",
          failuresToOpen: 1,
          successesToClose: 1,
          sloTarget: 0.999,
        },
        monitors: [
          {
            ...monitor,
            type: "http",
            group: "NetPost",
            tags: [],
            weight: 1,
            dependsOn: [],
            public: true,
            vantagePoints: [],
            mode: "parallel",
            method: "GET",
            headers: {},
            redirects: 0,
            metrics: {},
            expect: {
              status: ["2xx"],
              statusOtherwise: "down",
              headers: [],
              contains: [],
              notContains: [],
              matches: [],
              notMatches: [],
              json: [],
            },
          },
        ],
      },
    });
  });
});

describe("all mistakes are named at once", () => {
  it("in all parts of the file, those between parts too", () => {
    const file = {
      baseUrl: "netpost.test",
      regions: { ...regions, "us-west": { locationHint: "california" } },
      defaults: { attempts: 0, quorum: { atLeast: 4 } },
      monitors: [
        { ...monitor, name: 7, regions: ["mars"] },
        { ...monitor, intervalSeconds: 7, timeoutMs: 20_000, body: "x" },
        { ...monitor, quorum: "any", expect: { status: [1] }, method: "HEAD", body: "x" },
        "a monitor",
      ],
    };
    expect(mistakesIn(file)).toEqual([
      "baseUrl: an http(s) URL",
      `regions.us-west.locationHint: Invalid option: expected one of ${hints}`,
      "defaults.attempts: Too small: expected number to be >=1",
      "monitors[0].name: Invalid input: expected string, received number",
      `monitors[1].intervalSeconds: ${intervalForm}`,
      "monitors[2].expect.status[0]: Too small: expected number to be >=100",
      "monitors[3]: Invalid input: expected object, received string",
      "monitors[0].regions[0]: no such region; allowed: us-east, eu-west, us-west",
      "monitors[0].quorum: asks for 4 of 1 regions",
      "monitors[1].id: the same id as monitors[0]",
      "monitors[1].timeoutMs: longer than the budget of 15000 ms",
      "monitors[1].quorum: asks for 4 of 3 regions",
      "monitors[1].body: a GET request has no body",
      "monitors[2].id: the same id as monitors[0]",
      "monitors[2].body: a HEAD request has no body",
    ]);
  });

  it("but not one mistake in the words of another", () => {
    // What depends on a setting that is malformed itself is not held against the file.
    const malformed = { regions: "us-east", defaults: { budgetMs: "long", quorum: "most" } };
    expect(mistakesIn(fileWith({ timeoutMs: 30_000, regions: ["mars"] }, malformed))).toEqual([
      "regions: Invalid input: expected record, received string",
      "defaults.budgetMs: Invalid input: expected number, received string",
      "defaults.quorum: majority, any, all, or { atLeast: n }",
    ]);
    expect(mistakesIn(fileWith({ quorum: { atLeast: 9 } }, { regions: 5 }))).toEqual([
      "regions: Invalid input: expected record, received number",
    ]);
    expect(mistakesIn(fileWith({ quorum: { atLeast: 9 }, regions: 5 }))).toEqual([
      "monitors[0].regions: Invalid input: expected array, received number",
    ]);
    expect(mistakesIn(fileWith({}, { defaults: 5 }))).toEqual([
      "defaults: Invalid input: expected object, received number",
    ]);
  });
});

describe("secrets in the file", () => {
  const secret = "s3cr3t-t0k3n";
  const planted = {
    method: "POST",
    headers: { Authorization: `Bearer ${secret}`, "X-Line": `a\n${secret}` },
    body: JSON.stringify({ password: secret }),
  };

  const breaks: [name: string, settings: object][] = [
    ["nothing else", {}],
    ["a header's name and value are mixed up", { headers: { [`Authorization: ${secret}`]: "" } }],
    ["headers are a string", { headers: secret }],
    ["the body is an object", { body: { password: secret } }],
    ["the method allows no body", { method: "GET" }],
    ["the method is one", { method: secret }],
    ["the URL holds one", { url: `netpost.test/?token=${secret}` }],
    ["the name is a list of them", { name: [secret] }],
    ["a quorum is one", { quorum: secret }],
    ["a status is one", { expect: { status: [secret] } }],
    ["a text is one in a wrong place", { expect: { contains: secret } }],
    [
      "a JSON condition has one and is wrong",
      { expect: { json: [{ path: "$.a", equals: secret, atMost: 1 }] } },
    ],
    ["a region is called so", { regions: [secret] }],
  ];
  it.each(breaks)("are not repeated where wrong is: %s", (_name, settings) => {
    const mistakes = mistakesIn(fileWith({ ...planted, ...settings }));
    expect(mistakes.length).toBeGreaterThan(0);
    expect(mistakes.join("\n")).not.toContain(secret);
  });
});
