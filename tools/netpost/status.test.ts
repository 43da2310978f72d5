import { expect, test } from "vitest";
import type { MonitorDocument } from "../../shared/contract/api/monitors.ts";
import type { Status } from "../../shared/domain/status.ts";
import { plain } from "../config/paint.ts";
import { renderStatus } from "./status.ts";

const since = "2026-11-24T00:00:00Z";
const nowMs = Date.parse("2026-11-24T01:30:00Z");

function monitor(id: string, status: Status, detail: string | null = null): MonitorDocument {
  const cause: MonitorDocument["cause"] =
    detail === null ? null : { reason: "status", detail, regions: ["us-east"] };
  const present = { status, since, unknownReason: null, cause };
  const latest = { scheduledAt: since, outcome: status, reason: null, detail: null };
  return {
    ...{ id, name: id, group: "Core", category: null, target: 0.999, addedAt: since },
    ...{ mode: "parallel", tags: [], weight: 1, dependsOn: [], public: true },
    probe: {
      kind: "tcp",
      host: "a",
      port: 1,
      tls: false,
      sends: false,
      expect: null,
      conditions: [],
    },
    ...{ intervalSeconds: 60, regional: false, ...present },
    retry: { attempts: 1, timeoutMs: 1, backoffBaseMs: 0, backoffCapMs: 0, budgetMs: 1 },
    verdict: { quorum: "majority", failuresToOpen: 1, successesToClose: 1 },
    vantagePoints: [],
    regions: {
      "us-east": { ...present, latest: { ...latest, latencyMs: 12, attempts: 1, metrics: {} } },
    },
  };
}

test("the table has what is worst first in its group, and says since when and why", () => {
  const monitors = [monitor("feed", "up"), monitor("api", "down", "status 500, allowed 200–299")];
  const text = renderStatus(
    { asOf: "2026-11-24T01:29:50Z", stale: true, monitors, incidents: [] },
    nowMs,
    plain,
  );
  expect(text.split("\n")).toEqual([
    "1 down, 1 up  (as of 10 s ago)  STALE: no round was recorded for two minutes",
    "",
    "   Monitor  Status         For  us-east  Why",
    "Core",
    "●  api      down    1 h 30 min     down  status 500, allowed 200–299",
    "●  feed     up      1 h 30 min    12 ms",
  ]);
});

test("colours go around words, not around columns", () => {
  const text = renderStatus(
    { asOf: null, stale: false, monitors: [monitor("api", "down", "x")], incidents: [] },
    nowMs,
    (colour, word) => `<${colour}>${word}</>`,
  );
  expect(text).toContain("<red>●</>");
  expect(text).toContain("<red>1 down</>  (nothing is known yet)");
});
