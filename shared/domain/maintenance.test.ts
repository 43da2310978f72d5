import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  activeWindows,
  boundsOf,
  excludedFor,
  type MaintenanceVersion,
  type MaintenanceWindow,
  type Selector,
  selects,
  spansOf,
} from "./maintenance.ts";
import { cancelWindow, changeWindow, endWindow, withdrawWindow } from "./maintenance-changes.ts";
import type { Span } from "./span.ts";
import { secondsIn } from "./testing/arbitraries.ts";
import { everySeconds, maintenanceWindow, selectable } from "./testing/maintenance.ts";

const all: Span = { from: 0, to: 400 };
const shown = (spans: readonly Span[]) => spans.map(({ from, to }) => `${from}–${to}`);

function version(changes: Partial<MaintenanceVersion> = {}): MaintenanceVersion {
  return {
    from: 50,
    until: null,
    selector: { kind: "all" },
    timing: { kind: "recurring", expression: "every 100", timeZone: "UTC", durationSeconds: 20 },
    ...changes,
  };
}

describe("the planned time of a window", () => {
  type Row = [string, Partial<MaintenanceWindow>, Span, string[]];
  const later = version({
    from: 210,
    timing: { kind: "recurring", expression: "every 50", timeZone: "UTC", durationSeconds: 20 },
  });
  const rows: Row[] = [
    ["once is once", {}, all, ["100–200"]],
    ["is cut to what is asked for", {}, { from: 150, to: 160 }, ["150–160"]],
    ["outside of it is nothing", {}, { from: 200, to: 300 }, []],
    ["comes again and again", { versions: [version()] }, all, ["100–120", "200–220", "300–320"]],
    [
      "that began before counts",
      { versions: [version()] },
      { from: 110, to: 205 },
      ["110–120", "200–205"],
    ],
    [
      "begins with its version",
      { versions: [version({ from: 210 })] },
      all,
      ["210–220", "300–320"],
    ],
    ["ends with its version", { versions: [version({ until: 205 })] }, all, ["100–120", "200–205"]],
    [
      "is what the version in force at each moment says",
      { versions: [version({ until: 210 }), later] },
      all,
      // From 210 the new version's occurrence of 200–220 holds.
      ["100–120", "200–220", "250–270", "300–320", "350–370"],
    ],
    ["is none once it was withdrawn", { withdrawnAt: 300 }, all, []],
  ];
  it.each(rows)("%s", (_, changes, within, expected) => {
    expect(shown(spansOf(maintenanceWindow(changes), within, everySeconds))).toEqual(expected);
  });
});

describe("a selector", () => {
  it.each<[Selector, boolean, boolean]>([
    [{ kind: "all" }, true, true],
    [{ kind: "monitors", ids: ["login", "home"] }, true, false],
    [{ kind: "monitors", ids: ["login"] }, false, false],
    [{ kind: "groups", names: ["Pages"] }, true, false],
    [{ kind: "groups", names: ["pages"] }, false, false],
    [{ kind: "tags", tags: ["public", "x"] }, true, false],
    [{ kind: "tags", tags: ["x"] }, false, false],
  ])("%j means the monitor: %s, the whole: %s", (selector, monitor, whole) => {
    expect(selects(selector, selectable())).toBe(monitor);
    expect(selects(selector, null)).toBe(whole);
  });
});

describe("the windows in force", () => {
  const recurring = maintenanceWindow({ number: 2, versions: [version()] });
  const exclusion = maintenanceWindow({ number: 3, kind: "exclusion" });
  const windows = [recurring, maintenanceWindow(), exclusion];

  it("are those of the moment, the longest first, and no exclusions", () => {
    const active = activeWindows(windows, selectable(), 110, everySeconds);
    expect(active.map(({ window, until }) => [window.number, until])).toEqual([
      [1, 200],
      [2, 120],
    ]);
    expect(activeWindows(windows, selectable(), 200, everySeconds)).toMatchObject([
      { window: { number: 2 }, until: 220 },
    ]);
    expect(activeWindows(windows, selectable(), 99, everySeconds)).toEqual([]);
  });

  it("are for the whole only if they are for all", () => {
    const some = version({ selector: { kind: "groups", names: ["Pages"] } });
    const one = [maintenanceWindow({ versions: [some] })];
    expect(activeWindows(one, null, 110, everySeconds)).toEqual([]);
    expect(activeWindows(one, selectable(), 110, everySeconds)).toHaveLength(1);
    expect(activeWindows([recurring], null, 110, everySeconds)).toHaveLength(1);
  });

  it("are not among those withdrawn or cancelled", () => {
    const cancelled = cancelWindow(recurring, 105);
    const gone = withdrawWindow(recurring, 500);
    expect(activeWindows([cancelled, gone], selectable(), 110, everySeconds)).toEqual([]);
  });
});

const seconds = fc.integer({ min: 0, max: 400 });
const timings: fc.Arbitrary<MaintenanceVersion["timing"]> = fc.oneof(
  fc
    .tuple(seconds, fc.integer({ min: 1, max: 150 }))
    .map(([from, length]) => ({ kind: "once" as const, from, to: from + length })),
  fc
    .record({ step: fc.integer({ min: 20, max: 150 }), length: fc.integer({ min: 1, max: 200 }) })
    .map(({ step, length }) => ({
      kind: "recurring" as const,
      expression: `every ${step}`,
      timeZone: "UTC",
      durationSeconds: Math.min(length, step),
    })),
);
const selectors = fc.constantFrom<Selector>(
  { kind: "all" },
  { kind: "monitors", ids: ["home"] },
  { kind: "monitors", ids: ["login"] },
  { kind: "tags", tags: ["public"] },
);

type Act = (window: MaintenanceWindow, at: number) => MaintenanceWindow;
const acts: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(timings, selectors).map(
    ([timing, selector]): Act =>
      (window, at) =>
        changeWindow(window, at, { timing, selector, name: "Other" }),
  ),
  fc.constant<Act>((window, at) => endWindow(window, at, everySeconds) ?? window),
  fc.constant<Act>(cancelWindow),
);

const histories = fc.record({
  timing: timings,
  selector: selectors,
  from: fc.constantFrom(0, 0, 90),
  steps: fc
    .array(fc.tuple(seconds, acts), { maxLength: 5 })
    .map((steps) => steps.sort(([a], [b]) => a - b)),
});

describe("whatever people do to a window", () => {
  it("the past stays as it was", () => {
    fc.assert(
      fc.property(histories, ({ timing, selector, from, steps }) => {
        let window = maintenanceWindow({ versions: [{ from, until: null, timing, selector }] });
        for (const [at, act] of steps) {
          const before = window;
          window = act(window, at);
          for (const monitor of [selectable(), selectable({ id: "login", tags: [] })]) {
            const past = { from: 0, to: at };
            expect(excludedFor(monitor, [window], past, everySeconds)).toEqual(
              excludedFor(monitor, [before], past, everySeconds),
            );
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("planned time equals a look at each second, as does what is in force then", () => {
    fc.assert(
      fc.property(histories, ({ timing, selector, from, steps }) => {
        let window = maintenanceWindow({ versions: [{ from, until: null, timing, selector }] });
        for (const [at, act] of steps) window = act(window, at);
        const planned = secondsIn(excludedFor(selectable(), [window], all, everySeconds));
        for (let at = all.from; at < all.to; at += 1) {
          expect(planned.has(at)).toBe(isPlanned(window, at));
          const [active] = activeWindows([window], selectable(), at, everySeconds);
          expect(active !== undefined).toBe(planned.has(at));
        }
        const bounds = boundsOf(window);
        for (const at of planned) expect(at >= bounds.from && at < bounds.to).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("one that was ended early is over at once, and comes again if it is recurring", () => {
    const ended = endWindow(maintenanceWindow({ versions: [version()] }), 105, everySeconds);
    if (!ended) throw new Error("it was in force");
    expect(shown(spansOf(ended, all, everySeconds))).toEqual(["100–105", "200–220", "300–320"]);
    const single = endWindow(maintenanceWindow(), 150, everySeconds);
    if (!single) throw new Error("it was in force");
    expect(shown(spansOf(single, all, everySeconds))).toEqual(["100–150"]);
    expect(endWindow(single, 160, everySeconds)).toBeNull();
    expect(endWindow(maintenanceWindow(), 99, everySeconds)).toBeNull();
  });

  it("one that was withdrawn was never there", () => {
    const gone = withdrawWindow(maintenanceWindow(), 300);
    expect(spansOf(gone, all, everySeconds)).toEqual([]);
    expect(boundsOf(gone)).toEqual({ from: 0, to: 0 });
  });
});

/** By the definition, one second at a time. */
function isPlanned(window: MaintenanceWindow, at: number): boolean {
  return window.versions.some(({ from, until, selector, timing }) => {
    if (at < from || at >= (until ?? Number.POSITIVE_INFINITY)) return false;
    if (!selects(selector, selectable())) return false;
    if (timing.kind === "once") return at >= timing.from && at < timing.to;
    const step = Number(timing.expression.replace("every ", ""));
    return at % step < timing.durationSeconds;
  });
}
