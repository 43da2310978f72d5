/** One invalid file per rule: of the file as a whole and of what a monitor is. */
import { configSchema } from "../schema.ts";
import { fileWith, monitor } from "./fixtures.ts";

/** A rule, a file that breaks it and nothing else, and the line that says so. */
export type Fixture = readonly [rule: string, file: unknown, line: string];

export const hints = '"wnam"|"enam"|"sam"|"weur"|"eeur"|"apac"|"apac-ne"|"apac-se"|"oc"|"afr"|"me"';
const monitorSettings =
  "id, name, group, regions, mode, intervalSeconds, timeoutMs, attempts, backoffBaseMs, backoffCapMs, budgetMs, quorum, failuresToOpen, successesToClose, sloTarget, vantagePoints, category, tags, weight, dependsOn, public, type, url, method, headers, body, auth, redirects, expect, metrics";

const region = (settings: object) => fileWith({}, { regions: { "us-east": settings } });

export const ofTheFile: readonly Fixture[] = [
  ["a file is an object", null, "the file: Invalid input: expected object, received null"],
  [
    "the file has no other settings",
    fileWith({}, { monitor: [] }),
    `the file: no such setting: monitor; allowed: ${Object.keys(configSchema.shape).join(", ")}`,
  ],
  ["a base URL is there", fileWith({}, { baseUrl: undefined }), "baseUrl: an http(s) URL"],
  ["a base URL is http", fileWith({}, { baseUrl: "ftp://x" }), "baseUrl: an http(s) URL"],
  ["there are regions", fileWith({}, { regions: {} }), "regions: at least one region"],
  [
    "a region has an id",
    fileWith({}, { regions: { "US East": { locationHint: "enam" } } }),
    "regions: a name in it is wrong: lower-case letters, digits and single hyphens, for example api-health",
  ],
  [
    "a region has one of Cloudflare's location hints",
    region({ locationHint: "moon" }),
    `regions.us-east.locationHint: Invalid option: expected one of ${hints}`,
  ],
  [
    "a region's generation counts from one",
    region({ locationHint: "enam", generation: 0 }),
    "regions.us-east.generation: Too small: expected number to be >0",
  ],
  [
    "a region has no other settings",
    region({ locationHint: "enam", colo: "EWR" }),
    "regions.us-east: no such setting: colo; allowed: locationHint, generation",
  ],
  [
    "monitors are a list",
    fileWith({}, { monitors: {} }),
    "monitors: Invalid input: expected array, received object",
  ],
  [
    "there are at most 10,000 monitors",
    fileWith(
      {},
      { monitors: Array.from({ length: 10_001 }, (_, n) => ({ ...monitor, id: `m${n}` })) },
    ),
    "monitors: Too big: expected array to have <=10000 items",
  ],
  [
    "defaults obey a monitor's rules",
    fileWith({}, { defaults: { attempts: 11 } }),
    "defaults.attempts: Too big: expected number to be <=10",
  ],
  [
    "defaults have no other settings",
    fileWith({}, { defaults: { retries: 3 } }),
    "defaults: no such setting: retries; allowed: intervalSeconds, timeoutMs, attempts, backoffBaseMs, backoffCapMs, budgetMs, quorum, failuresToOpen, successesToClose, sloTarget",
  ],
];

export const ofAMonitor: readonly Fixture[] = [
  [
    "a monitor has no other settings",
    fileWith({ interval: 60, retries: 1 }),
    `monitors[0]: no such setting: interval, retries; allowed: ${monitorSettings}`,
  ],
  [
    "an id is there",
    fileWith({ id: undefined }),
    "monitors[0].id: Invalid input: expected string, received undefined",
  ],
  [
    "an id is lower case with hyphens",
    fileWith({ id: "API_Health" }),
    "monitors[0].id: lower-case letters, digits and single hyphens, for example api-health",
  ],
  ["an id is short", fileWith({ id: "a".repeat(65) }), "monitors[0].id: at most 64 characters"],
  [
    "an id is unique",
    fileWith({}, { monitors: [monitor, { ...monitor, id: "other" }, monitor] }),
    "monitors[2].id: the same id as monitors[0]",
  ],
  [
    "a name is there",
    fileWith({ name: "" }),
    "monitors[0].name: Too small: expected string to have >=1 characters",
  ],
  [
    "a name is short",
    fileWith({ name: "x".repeat(101) }),
    "monitors[0].name: Too big: expected string to have <=100 characters",
  ],
  [
    "a group's name is short",
    fileWith({ group: "x".repeat(101) }),
    "monitors[0].group: Too big: expected string to have <=100 characters",
  ],
  [
    "a group has a name",
    fileWith({ group: "" }),
    "monitors[0].group: Too small: expected string to have >=1 characters",
  ],
  [
    "a URL is absolute or a path",
    fileWith({ url: "api/health" }),
    "monitors[0].url: an http(s) URL, or a path that starts with /",
  ],
  [
    "a URL names its scheme",
    fileWith({ url: "//netpost.test/" }),
    "monitors[0].url: an http(s) URL, or a path that starts with /",
  ],
  [
    "a URL is http",
    fileWith({ url: "tcp://netpost.test" }),
    "monitors[0].url: an http(s) URL, or a path that starts with /",
  ],
  [
    "a method is one of HTTP's",
    fileWith({ method: "get" }),
    'monitors[0].method: Invalid option: expected one of "GET"|"HEAD"|"POST"|"PUT"|"PATCH"|"DELETE"|"OPTIONS"',
  ],
  [
    "a header has a name",
    fileWith({ headers: { "Authorization: Bearer": "x" } }),
    "monitors[0].headers: a name in it is wrong: a header name is letters, digits and any of !#$%&'*+-.^_`|~",
  ],
  [
    "a header is one line",
    fileWith({ headers: { "X-Key": "a\r\nHost: b" } }),
    "monitors[0].headers.X-Key: a header value is one line",
  ],
  [
    "a body is small",
    fileWith({ method: "POST", body: "x".repeat(65_537) }),
    "monitors[0].body: Too big: expected string to have <=65536 characters",
  ],
  ["GET has no body", fileWith({ body: "x" }), "monitors[0].body: a GET request has no body"],
  [
    "HEAD has no body",
    fileWith({ method: "HEAD", body: "" }),
    "monitors[0].body: a HEAD request has no body",
  ],
  [
    "a monitor's regions are the file's",
    fileWith({ regions: ["us-east", "mars"] }),
    "monitors[0].regions[1]: no such region; allowed: us-east, eu-west",
  ],
  [
    "also where the file has but one",
    fileWith({ regions: ["mars"] }, { regions: { "us-east": { locationHint: "enam" } } }),
    "monitors[0].regions[0]: no such region; allowed: us-east",
  ],
  [
    "a monitor has a region",
    fileWith({ regions: [] }),
    "monitors[0].regions: Too small: expected array to have >=1 items",
  ],
  [
    "a tick asks UptimeRobot for 250 checks at most",
    fileWith(
      {},
      {
        monitors: Array.from({ length: 251 }, (_, index) => ({
          ...{ id: `m-${index}`, name: "M", url: "/" },
          vantagePoints: [{ service: "uptimerobot", check: String(index) }],
        })),
      },
    ),
    "monitors: at most 250 checks of uptimerobot: a tick asks for 50 at a time, five times",
  ],
  [
    "a region does not have the name of such a service",
    fileWith({}, { regions: { pingdom: { locationHint: "weur" } } }),
    "regions: pingdom and uptimerobot are services whose checks can be read",
  ],
  [
    "a monitor has each region once",
    fileWith({ regions: ["us-east", "us-east"] }),
    "monitors[0].regions: names a region twice",
  ],
];
