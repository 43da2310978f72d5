/**
 * What each field of netpost.config.ts means. Apart from the schema, which is part of a Worker and
 * needs no words; a test holds the two together.
 */
import { kpiKinds } from "../../shared/domain/kpi.ts";

export interface Words {
  readonly text: string;
  /** As it is written in the file. */
  readonly example: string;
  readonly unit?: string;
}

const words = (text: string, example: string, unit?: string): Words => ({
  text,
  example,
  ...(unit !== undefined && { unit }),
});

const policy = (under: string): Record<string, Words> => ({
  [`${under}intervalSeconds`]: words(
    "How often it is checked: 10, 20, 30, or whole minutes",
    "60",
    "s",
  ),
  [`${under}timeoutMs`]: words("How long one attempt may take", "5_000", "ms"),
  [`${under}attempts`]: words("The first try and its repetitions", "3"),
  [`${under}backoffBaseMs`]: words(
    "The pause before the first repetition; it doubles, with full jitter",
    "250",
    "ms",
  ),
  [`${under}backoffCapMs`]: words("The longest pause", "2_000", "ms"),
  [`${under}budgetMs`]: words("Attempts and pauses together", "15_000", "ms"),
  [`${under}quorum`]: words(
    "How many of the reporting regions must fail for it to be down",
    '"majority"',
    "regions",
  ),
  [`${under}failuresToOpen`]: words("Failed checks in a row that make an outage", "2", "checks"),
  [`${under}successesToClose`]: words("Good checks in a row that end it", "2", "checks"),
  [`${under}sloTarget`]: words("Availability promised", "0.999", "share"),
});

const exchange = (under: string): Record<string, Words> => ({
  [`${under}url`]: words("What is asked: absolute, or a path below `baseUrl`", '"/api/health"'),
  [`${under}method`]: words("How it is asked", '"POST"'),
  [`${under}headers`]: words(
    "Headers of the request; secrets as `{{secret.PROBE_…}}`",
    '{ accept: "application/json" }',
  ),
  [`${under}body`]: words("Body of the request", '\'{"q":"test"}\''),
  [`${under}auth`]: words(
    "`{ basic: { username, password } }` or `{ bearer }`",
    '{ bearer: "{{secret.PROBE_API_TOKEN}}" }',
  ),
  [`${under}redirects`]: words("How many redirects are followed", "1"),
  [`${under}expect`]: words("What the answer has to be", '{ status: ["2xx"] }'),
  [`${under}expect.status`]: words("Which status codes are good", '["2xx", 304]'),
  [`${under}expect.statusOtherwise`]: words("What another status makes of it", '"degraded"'),
  [`${under}expect.headers`]: words(
    "Headers of the answer: `present`, `absent`, `equals` or `contains`",
    '[{ name: "content-type", contains: "json" }]',
  ),
  [`${under}expect.maxBodyBytes`]: words(
    "A longer body, decompressed, is down; more than 1 MiB is read only where this says so",
    "65_536",
    "bytes",
  ),
  [`${under}expect.contains`]: words("Texts that are in the body", '["NetPost"]'),
  [`${under}expect.notContains`]: words("Texts that are not", '["Maintenance"]'),
  [`${under}expect.matches`]: words("Regular expressions (RE2) that match", '["v\\\\d+"]'),
  [`${under}expect.notMatches`]: words("Regular expressions that do not", '["error"]'),
  [`${under}expect.json`]: words(
    "JSONPath queries with `exists`, `equals`, `oneOf`, `atMost` or `atLeast`",
    '[{ path: "$.status", equals: "ok" }]',
  ),
});

const slow = (under: string): Record<string, Words> => ({
  [`${under}expect.maxLatencyMs`]: words("Slower is degraded", "2_000", "ms"),
  [`${under}expect.downLatencyMs`]: words("Slower is down", "10_000", "ms"),
});

const vantagePoints = (under: string): Record<string, Words> => ({
  [`${under}vantagePoints`]: words(
    "Checks of other services on the same target, at most one of each",
    '[{ service: "pingdom", check: "85975" }]',
  ),
  [`${under}vantagePoints[].service`]: words("Whose check it is", '"pingdom"'),
  [`${under}vantagePoints[].check`]: words("The service's own id of the check", '"85975"'),
  [`${under}vantagePoints[].role`]: words(
    "Whether it votes in the verdict like a region, or is shown beside it",
    '"verdict"',
  ),
});

const kind = (name: string, expectation: string): Record<string, Words> => ({
  ...vantagePoints(`monitors[${name}].`),
  [`monitors[${name}].type`]: words("What it is", `"${name}"`),
  [`monitors[${name}].expect`]: words("What has to be", expectation),
  ...slow(`monitors[${name}].`),
});

/** By path: `monitors[]` is every monitor, `monitors[tcp]` one kind. */
export const configWords: Readonly<Record<string, Words>> = {
  baseUrl: words(
    "Where NetPost is; `NETPOST_BASE_URL` and `--base-url` take its place",
    '"https://netpost.example"',
  ),
  regions: words("From where it is probed", '{ "us-east": { locationHint: "enam" } }'),
  "regions.<id>.locationHint": words("Near which part of the world its object is made", '"enam"'),
  "regions.<id>.generation": words("Raise it to move a region: new objects are made", "2"),
  controls: words(
    "Asked by a region in which targets fail: if none answers, the fault is ours",
    '["https://www.cloudflare.com/cdn-cgi/trace"]',
  ),
  defaults: words("For every monitor that does not say otherwise", "{ attempts: 3 }"),
  ...policy("defaults."),
  reports: words("Scheduled reports", "{ daily: true }"),
  "reports.zone": words("Where days, weeks and months begin", '"Europe/Berlin"', "time zone"),
  "reports.daily": words("A report of every day", "false"),
  "reports.weekly": words("A report of every week", "true"),
  "reports.monthly": words("A report of every month", "true"),
  kpis: words("What indicators are held against", "{ targets: { uptime: 99.95 } }"),
  "kpis.docsReviewedOn": words(
    "The day of the last review of the operational docs",
    '"2026-11-01"',
    "date",
  ),
  "kpis.targets": words("Targets that are not the usual ones", "{ uptime: 99.95 }"),
  ...Object.fromEntries(
    Object.entries(kpiKinds).flatMap(([id, { name, unit, bound, target }]) =>
      bound === null
        ? []
        : [
            [
              `kpis.targets.${id}`,
              words(
                target === null ? name : `${name}; usually ${bound.replace("-", " ")} ${target}`,
                `${target ?? 95}`,
                unit,
              ),
            ],
          ],
    ),
  ),
  retention: words("How long what was measured is kept", "{ rawDays: 8 }"),
  "retention.rawDays": words("Every single result", "8", "days"),
  "retention.hourDays": words("What they came to in an hour", "730", "days"),
  "retention.dayDays": words("What they came to in a day", "3_650", "days"),
  metrics: words(
    "What numbers mean, in place of the usual ones",
    '[{ name: "memoryMb", unit: "MB" }]',
  ),
  "metrics[].name": words("As monitors extract it, or NetPost pushes it", '"memoryMb"'),
  "metrics[].unit": words("As it is shown", '"MB"'),
  "metrics[].category": words("The part of the health score that it counts towards", '"system"'),
  "metrics[].direction": words("On which side of its thresholds it is bad", '"below"'),
  "metrics[].warning": words("From here on it costs points", "400", "the metric's"),
  "metrics[].critical": words("From here on all of its category's", "500", "the metric's"),
  "metrics[].aggregate": words("How the window's values become one", '"max"'),
  "metrics[].windowSeconds": words("The time that is looked at", "300", "s"),
  healthScore: words("How the score is made", "{ warningBelow: 80 }"),
  "healthScore.weights": words(
    "What categories count; only proportions matter",
    "{ security: 20 }",
  ),
  "healthScore.weights.database": words("The database", "30"),
  "healthScore.weights.external": words("External services", "25"),
  "healthScore.weights.system": words("System resources", "20"),
  "healthScore.weights.security": words("Security", "15"),
  "healthScore.weights.dependencies": words("Dependencies", "10"),
  "healthScore.warningBelow": words("A lower score is a warning", "80", "points"),
  "healthScore.criticalBelow": words("A lower score is critical", "60", "points"),
  monitors: words("What is monitored", '[{ id: "home", name: "Home", url: "/" }]'),

  "monitors[].id": words("What it is called everywhere, for good", '"api-health"'),
  "monitors[].name": words("As people read it", '"API health"'),
  "monitors[].group": words("Under which heading the status page shows it", '"Health"'),
  "monitors[].regions": words("Only from these; all unless said", '["us-east", "eu-west"]'),
  "monitors[].mode": words("All regions at once, or in turn", '"round-robin"'),
  ...policy("monitors[]."),
  "monitors[].category": words("The part of the health score that it counts towards", '"database"'),
  "monitors[].tags": words("Words to select it by", '["customer-facing"]'),
  "monitors[].weight": words("What it counts among the monitors of its group", "2"),
  "monitors[].dependsOn": words("Monitors without which it cannot be up", '["database"]'),
  "monitors[].public": words("Whether the status page shows it", "false"),

  "monitors[http].type": words("What it is; unless said, this", '"http"'),
  ...vantagePoints("monitors[http]."),
  ...exchange("monitors[http]."),
  ...slow("monitors[http]."),
  "monitors[http].metrics": words(
    "Numbers to keep with the result: a JSONPath query each, at most 20",
    '{ memoryMb: "$.memoryMb" }',
  ),

  ...kind("transaction", "{ maxLatencyMs: 5_000 }"),
  "monitors[transaction].steps": words("Requests, one after the other", '[{ name: "log-in", … }]'),
  "monitors[transaction].steps[].name": words("As results name it", '"log-in"'),
  ...exchange("monitors[transaction].steps[]."),
  ...slow("monitors[transaction].steps[]."),
  "monitors[transaction].steps[].extract": words(
    "Values for later steps, which name them `{{so}}`",
    '{ token: "$.token" }',
  ),

  ...kind("tcp", '{ contains: "220" }'),
  "monitors[tcp].host": words("Where it is", '"db.netpost.example"'),
  "monitors[tcp].port": words("Any but 25", "5_432", "port"),
  "monitors[tcp].tls": words("TLS from the first byte", "true"),
  "monitors[tcp].send": words("Sent as it is", '"PING\\r\\n"'),
  "monitors[tcp].expect.contains": words("In the first 64 KiB that come back", '"PONG"'),

  ...kind("tls", "{ minDaysLeft: 21 }"),
  "monitors[tls].host": words("Where it is", '"netpost.example"'),
  "monitors[tls].port": words("Any but 25", "8_443", "port"),
  "monitors[tls].serverName": words("Asked for in place of `host`", '"netpost.example"'),
  "monitors[tls].allowSelfSigned": words("For a certificate that is so on purpose", "true"),
  "monitors[tls].expect.minDaysLeft": words("Fewer are degraded", "14", "days"),
  "monitors[tls].expect.downDaysLeft": words("Fewer are down", "3", "days"),
  "monitors[tls].expect.issuerContains": words("In the issuer's name", '"Let\'s Encrypt"'),
  "monitors[tls].expect.minVersion": words("An older version of TLS is down", '"1.3"'),

  ...kind("dns", '{ contains: ["192.0.2.1"] }'),
  "monitors[dns].host": words("Whose records", '"netpost.example"'),
  "monitors[dns].record": words("Which records", '"MX"'),
  "monitors[dns].resolver": words(
    "Who is asked: DNS over HTTPS, JSON",
    '"https://dns.google/resolve"',
  ),
  "monitors[dns].expect.contains": words("Each is among the records", '["192.0.2.1"]'),
  "monitors[dns].expect.equals": words("These and no others", '["192.0.2.1"]'),
  "monitors[dns].expect.atLeast": words("So many at least", "2", "records"),

  ...kind("websocket", '{ contains: "pong" }'),
  "monitors[websocket].url": words("Absolute, or a path below `baseUrl`", '"/live"'),
  "monitors[websocket].headers": words(
    "Of the opening request",
    '{ origin: "https://netpost.example" }',
  ),
  "monitors[websocket].send": words("One text message", '"ping"'),
  "monitors[websocket].expect.contains": words("In a message that comes back", '"pong"'),

  "monitors[heartbeat].type": words("What it is", '"heartbeat"'),
  "monitors[heartbeat].every": words("Within which time the job calls in again", "3_600", "s"),
  "monitors[heartbeat].cron": words(
    "Or when it runs, as in its crontab",
    '"0 3 * * *"',
    "cron expression",
  ),
  "monitors[heartbeat].timeZone": words(
    "Of `cron`; UTC unless said",
    '"Europe/Berlin"',
    "time zone",
  ),
  "monitors[heartbeat].graceSeconds": words("How late a ping may be", "600", "s"),
  "monitors[heartbeat].maxRunSeconds": words("A longer run is down", "7_200", "s"),
};
