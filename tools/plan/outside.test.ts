import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config/parse.ts";
import { assess } from "./assess.ts";
import { outsideOf } from "./outside.ts";
import { renderText } from "./render.ts";

const parsed = parseConfig({
  baseUrl: "https://netpost.example",
  regions: { "us-east": { locationHint: "enam" }, "eu-west": { locationHint: "weur" } },
  monitors: [{ id: "api", name: "API", url: "/" }],
});
if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
const { config } = parsed;

/** What the settings add to the configuration's load, in the typical and in the worst case. */
function addedBy(settings: Readonly<Record<string, string>>) {
  const [before, after] = [assess(config), assess(config, outsideOf(settings))];
  return (["typical", "worst"] as const).map((which) => {
    const [a, b] = [before.loads[which], after.loads[which]];
    return {
      tick: b.tick.subrequests - a.tick.subrequests,
      queries: b.tick.d1Queries - a.tick.d1Queries,
      object: b.object.subrequests - a.object.subrequests,
      rows: b.day.d1RowsWritten - a.day.d1RowsWritten,
      seconds: Math.round(b.day.objectGigabyteSeconds - a.day.objectGigabyteSeconds),
    };
  });
}

describe("what telling services outside adds", () => {
  const nothing = { tick: 0, queries: 0, object: 0, rows: 0, seconds: 0 };

  it("is nothing where no setting is given, or an empty one", () => {
    expect(addedBy({})).toEqual([nothing, nothing]);
    expect(addedBy({ DATADOG_API_KEY: "", DEAD_MAN_URL: "" })).toEqual([nothing, nothing]);
  });

  const table: [string, Record<string, string>, object, object][] = [
    // Five calls of D1 and a request; six, and twelve requests.
    [
      "an exporter",
      { DATADOG_API_KEY: "k" },
      { tick: 6, rows: 2 * 1_440 },
      { tick: 18, rows: 2 * 1_440 },
    ],
    [
      "three exporters",
      { DATADOG_API_KEY: "k", NEW_RELIC_LICENSE_KEY: "k", OTEL_EXPORTER_OTLP_ENDPOINT: "u" },
      { tick: 8, rows: 6 * 1_440 },
      { tick: 6 + 36 },
    ],
    [
      "Statuspage",
      { STATUSPAGE_API_KEY: "k", STATUSPAGE_PAGE_ID: "p" },
      { tick: 6, rows: 0 },
      { tick: 26 + 10 },
    ],
    [
      "a status webhook",
      { STATUS_WEBHOOK_URL: "u", STATUS_WEBHOOK_SECRET: "s" },
      { tick: 6, rows: 0 },
      { tick: 17 + 1 },
    ],
    ["half of Statuspage's settings", { STATUSPAGE_API_KEY: "k" }, nothing, nothing],
    ["a dead-man watch", { DEAD_MAN_URL: "u" }, { tick: 1 }, { tick: 1 }],
    [
      "usage that is noted",
      { CLOUDFLARE_PLAN: "free" },
      { tick: 1, queries: 1, rows: 1_440 },
      { tick: 0, queries: 1, rows: 1_440 },
    ],
    // Two check-ins; a measurement, twenty errors and their sum; objects stay until they are sent.
    [
      "Sentry",
      { SENTRY_DSN_BACKEND: "d", SENTRY_TRACES_SAMPLE_RATE: "1" },
      { tick: 3, object: 0, seconds: 0 },
      { tick: 24, object: 21 },
    ],
    [
      "Sentry without check-ins and measurements",
      {
        ...{ SENTRY_DSN_BACKEND: "d", SENTRY_CRON_MONITOR_SLUG: "off" },
        SENTRY_TRACES_SAMPLE_RATE: "0",
      },
      { tick: 0 },
      { tick: 21 },
    ],
  ];
  it.each(table)("of %s", (_, settings, typical, worst) => {
    const [usually, most] = addedBy(settings);
    expect(usually).toMatchObject(typical);
    expect(most).toMatchObject(worst);
  });

  it("is said by name, and no value of a setting is", () => {
    const outside = outsideOf({ DATADOG_API_KEY: "planted", DEAD_MAN_URL: "https://planted" });
    const text = renderText(assess(config, outside));
    expect(text).toContain("Told outside: datadog, a dead-man watch.");
    expect(text).not.toContain("planted");
  });
});
