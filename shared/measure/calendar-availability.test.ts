/** Availability of calendar days and weeks, across changes of the clock, against counting seconds. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { availability, type StatusPoint } from "../domain/availability.ts";
import { type PeriodKind, parsePeriodName, periodSpan } from "../domain/calendar.ts";
import { exclusions, type MaintenanceWindow } from "../domain/maintenance.ts";
import { normalise, type Span } from "../domain/span.ts";
import type { Status } from "../domain/status.ts";
import { statuses } from "../domain/testing/arbitraries.ts";
import { maintenanceWindow, selectable } from "../domain/testing/maintenance.ts";
import { nextTime } from "./material.ts";

/** A zone and a day on which its clock changes, or does not. */
const places = [
  ["Europe/Berlin", "2026-03-29"],
  ["Europe/Berlin", "2026-10-25"],
  ["America/New_York", "2026-03-08"],
  ["America/New_York", "2026-11-01"],
  ["Australia/Lord_Howe", "2026-04-05"],
  ["Australia/Lord_Howe", "2026-10-04"],
  ["Asia/Kathmandu", "2026-10-25"],
] as const;

/** What a zone's clock shows, minute by minute of a stretch of time: 2026-10-25 02:30. */
function clockFace(zone: string, { from, to }: Span): string[] {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  });
  const shown: string[] = [];
  for (let at = from; at < to; at += 60) shown.push(format.format(at * 1000));
  return shown;
}

interface Daily {
  readonly time: string;
  readonly minutes: number;
}

/** Once a day at a time, or as soon after it as the clock shows that. */
function plannedMinutes(faces: readonly string[], { time, minutes }: Daily): Set<number> {
  const planned = new Set<number>();
  for (const day of new Set(faces.map((face) => face.slice(0, 10)))) {
    const first = faces.findIndex((face) => face >= `${day} ${time}`);
    // Of the first day, only the rest is there.
    if (first <= 0) continue;
    for (let minute = first; minute < first + minutes; minute += 1) planned.add(minute);
  }
  return planned;
}

function dailyWindow({ time, minutes }: Daily, timeZone: string): MaintenanceWindow {
  const [hour, minute] = time.split(":").map(Number);
  return maintenanceWindow({
    versions: [
      {
        from: 0,
        until: null,
        selector: { kind: "all" },
        timing: {
          kind: "recurring",
          expression: `${minute} ${hour} * * *`,
          timeZone,
          durationSeconds: minutes * 60,
        },
      },
    ],
  });
}

const times = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(0, 1, 15, 29, 30, 45, 59))
  .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));

describe("a window that comes daily", () => {
  it("is where the zone's clock says, also on days on which it changes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        times,
        fc.integer({ min: 1, max: 300 }),
        ([zone, day], time, minutes) => {
          const { from, to } = spanOf("day", day, zone);
          const whole = { from: from - 2 * 86_400, to: to + 2 * 86_400 };
          const planned = plannedMinutes(clockFace(zone, whole), { time, minutes });
          const found = exclusions(
            [dailyWindow({ time, minutes }, zone)],
            { from, to },
            nextTime,
          )(selectable());
          for (let at = from; at < to; at += 60) {
            const isExcluded = found.some((span) => at >= span.from && at < span.to);
            expect(isExcluded).toBe(planned.has((at - whole.from) / 60));
          }
        },
      ),
      { numRuns: 120 },
    );
  });
});

describe("availability of a calendar period in a zone", () => {
  it("equals a count second by second, maintenance and gaps left out", () => {
    const seconds = fc.integer({ min: -3 * 86_400, max: 8 * 86_400 });
    const stretches = fc.array(fc.tuple(seconds, fc.oneof(fc.nat(300), fc.nat(40_000))), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.constantFrom<PeriodKind>("day", "day", "week"),
        fc.array(fc.tuple(fc.oneof(seconds, fc.integer({ min: -100, max: 100_000 })), statuses), {
          maxLength: 25,
        }),
        stretches,
        fc.record({ time: times, minutes: fc.integer({ min: 1, max: 300 }) }),
        ([zone, day], kind, changes, gaps, daily) => {
          const window = spanOf(kind, day, zone);
          const points = changes
            .map(([at, status]): StatusPoint => ({ at: window.from + at, status }))
            .sort((a, b) => a.at - b.at);
          const uncovered = normalise(
            gaps.map(([at, length]) => ({ from: window.from + at, to: window.from + at + length })),
          );
          const covered = gapsOf(uncovered, { from: window.from - 10, to: window.to + 10 });
          const excluded = exclusions([dailyWindow(daily, zone)], window, nextTime)(selectable());

          const whole = { from: window.from - 2 * 86_400, to: window.to + 2 * 86_400 };
          const planned = plannedMinutes(clockFace(zone, whole), daily);
          const isPlanned = (at: number) => planned.has(Math.floor((at - whole.from) / 60));
          expect(availability({ window, points, covered, excluded })).toMatchObject(
            countSeconds(window, points, uncovered, isPlanned),
          );
        },
      ),
      { numRuns: 25 },
    );
  });
});

function spanOf(kind: PeriodKind, day: string, zone: string): Span {
  const date = parsePeriodName("day", day);
  if (!date) throw new Error(`no day ${day}`);
  return periodSpan(kind, date, zone);
}

function gapsOf(spans: readonly Span[], { from, to }: Span): Span[] {
  const edges = [from, ...spans.flatMap((span) => [span.from, span.to]), to];
  const between: Span[] = [];
  for (let index = 0; index < edges.length; index += 2) {
    between.push({ from: edges[index] ?? from, to: edges[index + 1] ?? to });
  }
  return normalise(between);
}

function countSeconds(
  { from, to }: Span,
  points: readonly StatusPoint[],
  uncovered: readonly Span[],
  isPlanned: (at: number) => boolean,
) {
  const tally: Record<Status | "excluded", number> = {
    up: 0,
    degraded: 0,
    down: 0,
    unknown: 0,
    excluded: 0,
  };
  let status: Status = "unknown";
  let [next, gap] = [0, 0];
  for (let at = from; at < to; at += 1) {
    for (let point = points[next]; point && point.at <= at; point = points[next]) {
      status = point.status;
      next += 1;
    }
    while ((uncovered[gap]?.to ?? to) <= at) gap += 1;
    if (isPlanned(at)) tally.excluded += 1;
    else if ((uncovered[gap]?.from ?? to) <= at) tally.unknown += 1;
    else tally[status] += 1;
  }
  return {
    upSeconds: tally.up,
    degradedSeconds: tally.degraded,
    downSeconds: tally.down,
    unknownSeconds: tally.unknown,
    excludedSeconds: tally.excluded,
  };
}
