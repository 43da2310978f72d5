/** One invalid file per rule: of how a monitor is probed and judged. */
import { fileWith } from "./fixtures.ts";
import type { Fixture } from "./invalid-files.ts";

export const intervalForm =
  "an interval is 10, 20, 30 seconds, or whole minutes up to 86400 seconds";
const jsonForm =
  "{ path, and one of exists: true, equals, oneOf, atMost, atLeast; otherwise: down or degraded }, with a JSONPath query (RFC 9535) as path";
const statusForm = "a status from 100 to 599, a class such as 2xx, or { from, to }";

const expecting = (expect: object) => fileWith({ expect });
const demanding = (json: unknown) => expecting({ json: [json] });

export const ofAPolicy: readonly Fixture[] = [
  ...[0, 5, 15, 40, 90, 86_460].map((intervalSeconds): Fixture => {
    const line = `monitors[0].intervalSeconds: ${intervalForm}`;
    return [`${intervalSeconds} s is no interval`, fileWith({ intervalSeconds }), line];
  }),
  ...(
    [
      ["intervalSeconds", "60", "Invalid input: expected number, received string"],
      ["intervalSeconds", 60.5, "Invalid input: expected int, received number"],
      ["timeoutMs", 99, "Too small: expected number to be >=100"],
      ["timeoutMs", 30_001, "Too big: expected number to be <=30000"],
      ["attempts", 0, "Too small: expected number to be >=1"],
      ["attempts", 11, "Too big: expected number to be <=10"],
      ["backoffBaseMs", -1, "Too small: expected number to be >=0"],
      ["backoffBaseMs", 10_001, "Too big: expected number to be <=10000"],
      ["backoffCapMs", -1, "Too small: expected number to be >=0"],
      ["backoffCapMs", 30_001, "Too big: expected number to be <=30000"],
      ["budgetMs", 99, "Too small: expected number to be >=100"],
      ["budgetMs", 50_001, "Too big: expected number to be <=50000"],
      ["quorum", "most", "majority, any, all, or { atLeast: n }"],
      ["quorum", { atMost: 2 }, "majority, any, all, or { atLeast: n }"],
      ["failuresToOpen", 0, "Too small: expected number to be >=1"],
      ["failuresToOpen", 21, "Too big: expected number to be <=20"],
      ["successesToClose", 0, "Too small: expected number to be >=1"],
      ["successesToClose", 21, "Too big: expected number to be <=20"],
      ["sloTarget", 0, "Too small: expected number to be >0"],
      ["sloTarget", 1, "Too big: expected number to be <1"],
      ["sloTarget", 99.9, "Too big: expected number to be <1"],
      [
        "vantagePoints",
        [
          { service: "pingdom", check: "1" },
          { service: "pingdom", check: "2" },
        ],
        "at most one check of each service",
      ],
    ] as const
  ).map(([setting, value, message]): Fixture => {
    const rule = `${setting} is not ${JSON.stringify(value)}`;
    return [rule, fileWith({ [setting]: value }), `monitors[0].${setting}: ${message}`];
  }),
  [
    "a quorum asks for a region",
    fileWith({ quorum: { atLeast: 0 } }),
    "monitors[0].quorum.atLeast: Too small: expected number to be >0",
  ],
  [
    "a quorum asks for no more regions than the file has",
    fileWith({ quorum: { atLeast: 3 } }),
    "monitors[0].quorum: asks for 3 of 2 regions",
  ],
  [
    "nor than the monitor has",
    fileWith({ regions: ["us-east"] }, { defaults: { quorum: { atLeast: 2 } } }),
    "monitors[0].quorum: asks for 2 of 1 regions",
  ],
  [
    "a fast monitor's budget ends before its next round",
    fileWith({ intervalSeconds: 30 }),
    "monitors[0].budgetMs: 15000 ms is too long for an interval of 30 s; at most 9000 ms",
  ],
  [
    "also where the interval is the file's",
    fileWith({ budgetMs: 9_001 }, { defaults: { intervalSeconds: 10, budgetMs: 8_000 } }),
    "monitors[0].budgetMs: 9001 ms is too long for an interval of 10 s; at most 9000 ms",
  ],
  [
    "in turns a budget fits twice: the turn, and its confirmation",
    fileWith({ mode: "round-robin", budgetMs: 25_001 }),
    "monitors[0].budgetMs: 25001 ms is too long under round-robin, where it is needed twice in an interval of 60 s; at most 25000 ms",
  ],
  [
    "with what a confirmation needs besides, also where interval and budget are the file's",
    fileWith(
      { mode: "round-robin" },
      { defaults: { intervalSeconds: 10, budgetMs: 3_501, timeoutMs: 3_000 } },
    ),
    "monitors[0].budgetMs: 3501 ms is too long under round-robin, where it is needed twice in an interval of 10 s; at most 3500 ms",
  ],
  [
    "an attempt is not longer than the budget",
    fileWith({ timeoutMs: 15_001 }),
    "monitors[0].timeoutMs: longer than the budget of 15000 ms",
  ],
  [
    "also where the budget is the monitor's",
    fileWith({ budgetMs: 4_999 }),
    "monitors[0].timeoutMs: longer than the budget of 4999 ms",
  ],
];

export const ofExpectations: readonly Fixture[] = [
  [
    "expectations have no other settings",
    expecting({ statusCode: 200 }),
    "monitors[0].expect: no such setting: statusCode; allowed: status, statusOtherwise, headers, maxLatencyMs, downLatencyMs, maxBodyBytes, contains, notContains, matches, notMatches, json",
  ],
  [
    "statuses are a list",
    expecting({ status: "2xx" }),
    "monitors[0].expect.status: Invalid input: expected array, received string",
  ],
  [
    "some status is expected",
    expecting({ status: [] }),
    "monitors[0].expect.status: Too small: expected array to have >=1 items",
  ],
  [
    "a status is at least 100",
    expecting({ status: [200, 99] }),
    "monitors[0].expect.status[1]: Too small: expected number to be >=100",
  ],
  [
    "a status is at most 599",
    expecting({ status: [600] }),
    "monitors[0].expect.status[0]: Too big: expected number to be <=599",
  ],
  [
    "a class is one of HTTP's",
    expecting({ status: ["6xx"] }),
    `monitors[0].expect.status[0]: ${statusForm}`,
  ],
  [
    "a status is a number",
    expecting({ status: ["200"] }),
    `monitors[0].expect.status[0]: ${statusForm}`,
  ],
  [
    "a range has two ends",
    expecting({ status: [{ from: 200 }] }),
    `monitors[0].expect.status[0]: ${statusForm}`,
  ],
  [
    "a range's ends are statuses",
    expecting({ status: [{ from: 200, to: 600 }] }),
    "monitors[0].expect.status[0].to: Too big: expected number to be <=599",
  ],
  [
    "a range goes upwards",
    expecting({ status: [{ from: 299, to: 200 }] }),
    "monitors[0].expect.status[0]: from is at most to",
  ],
  [
    "a latency is positive",
    expecting({ maxLatencyMs: 0 }),
    "monitors[0].expect.maxLatencyMs: Too small: expected number to be >0",
  ],
  [
    "a latency is in whole ms",
    expecting({ downLatencyMs: 1.5 }),
    "monitors[0].expect.downLatencyMs: Invalid input: expected int, received number",
  ],
  [
    "a text to find is not empty",
    expecting({ contains: ["ok", ""] }),
    "monitors[0].expect.contains[1]: Too small: expected string to have >=1 characters",
  ],
  [
    "nor is one not to find",
    expecting({ notContains: [""] }),
    "monitors[0].expect.notContains[0]: Too small: expected string to have >=1 characters",
  ],
  [
    "a JSON condition has a test",
    demanding({ path: "$.a" }),
    `monitors[0].expect.json[0]: ${jsonForm}`,
  ],
  [
    "a JSON condition has one test",
    demanding({ path: "$.a", atMost: 1, atLeast: 0 }),
    `monitors[0].expect.json[0]: ${jsonForm}`,
  ],
  [
    "what exists can only be true",
    demanding({ path: "$.a", exists: false }),
    `monitors[0].expect.json[0]: ${jsonForm}`,
  ],
  [
    "values are compared with scalars",
    demanding({ path: "$.a", equals: {} }),
    `monitors[0].expect.json[0]: ${jsonForm}`,
  ],
  [
    "bounds are numbers",
    demanding({ path: "$.a", atMost: "5" }),
    `monitors[0].expect.json[0]: ${jsonForm}`,
  ],
  [
    "a failed condition means down or degraded",
    demanding({ path: "$.a", exists: true, otherwise: "up" }),
    `monitors[0].expect.json[0]: ${jsonForm}`,
  ],
  [
    "one of nothing is nothing",
    demanding({ path: "$.a", oneOf: [] }),
    "monitors[0].expect.json[0].oneOf: Too small: expected array to have >=1 items",
  ],
  [
    "a JSONPath query begins at the root",
    demanding({ path: "a.b", exists: true }),
    "monitors[0].expect.json[0].path: not a JSONPath query (RFC 9535): expected '$', found 'a' ('a.b':0)",
  ],
  [
    "a JSONPath query is complete",
    demanding({ path: "$[", equals: 1 }),
    "monitors[0].expect.json[0].path: not a JSONPath query (RFC 9535): unclosed bracketed selection ('$[':2)",
  ],
  [
    "HEAD brings no body to put conditions on",
    fileWith({ method: "HEAD", expect: { contains: ["ok"] } }),
    "monitors[0].expect: the answer to HEAD has no body to put conditions on",
  ],
  [
    "nor to be without a text",
    fileWith({ method: "HEAD", expect: { notContains: ["error"] } }),
    "monitors[0].expect: the answer to HEAD has no body to put conditions on",
  ],
  [
    "nor to have one text and not another",
    fileWith({ method: "HEAD", expect: { contains: ["ok"], notContains: ["error"] } }),
    "monitors[0].expect: the answer to HEAD has no body to put conditions on",
  ],
  [
    "nor to be JSON without a text",
    fileWith({
      method: "HEAD",
      expect: { notContains: ["error"], json: [{ path: "$.a", exists: true }] },
    }),
    "monitors[0].expect: the answer to HEAD has no body to put conditions on",
  ],
  [
    "nor to be JSON",
    fileWith({ method: "HEAD", expect: { json: [{ path: "$.a", exists: true }] } }),
    "monitors[0].expect: the answer to HEAD has no body to put conditions on",
  ],
];
