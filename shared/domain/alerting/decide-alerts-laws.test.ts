/** Law 4 on random stories: what is due is told, once; what is not, is not; and nothing stays open. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Notification } from "./memory.ts";
import { acknowledge, snooze } from "./operate.ts";
import { Story, serviceDown, slow } from "./testing/story.ts";

const monitors = ["a", "b", "c"] as const;
const monitor = fc.constantFrom(...monitors);

type Event =
  | { readonly kind: "down" | "up" | "maintenance" | "silence"; readonly monitor: string }
  | {
      readonly kind: "slow";
      readonly monitor: string;
      readonly level: "warning" | "critical" | "well" | "unknown";
    }
  | { readonly kind: "acknowledge" | "snooze"; readonly which: number }
  | { readonly kind: "ticks"; readonly count: number }
  | { readonly kind: "late"; readonly seconds: number }
  | { readonly kind: "doubled" };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("ticks" as const),
      count: fc.integer({ min: 1, max: 40 }),
    }),
  },
  fc.record({ kind: fc.constantFrom("down" as const, "up" as const), monitor }),
  fc.record({ kind: fc.constantFrom("maintenance" as const, "silence" as const), monitor }),
  fc.record({
    kind: fc.constant("slow" as const),
    monitor,
    level: fc.constantFrom(
      "warning" as const,
      "critical" as const,
      "well" as const,
      "unknown" as const,
    ),
  }),
  fc.record({ kind: fc.constantFrom("acknowledge" as const, "snooze" as const), which: fc.nat(5) }),
  fc.record({ kind: fc.constant("late" as const), seconds: fc.integer({ min: 60, max: 7_200 }) }),
  fc.constant({ kind: "doubled" } as const),
);

const world = {
  rules: [serviceDown, { ...slow, forSeconds: 120, resolveSeconds: 120, cooldownSeconds: 900 }],
  dependsOn: { b: ["a"] },
};

function play(events: readonly Event[]): Story {
  const story = new Story(world);
  const downNow = new Set<string>();
  for (const one of events) {
    if (one.kind === "down" && !downNow.has(one.monitor)) {
      downNow.add(one.monitor);
      story.down(one.monitor);
    }
    if (one.kind === "up") {
      downNow.delete(one.monitor);
      story.up(one.monitor);
    }
    if (one.kind === "maintenance") story.maintenance(one.monitor, 1_200);
    if (one.kind === "silence") story.silence(one.monitor, 1_200);
    if (one.kind === "slow") story.signal("slow", one.level, one.monitor);
    if (one.kind === "acknowledge" || one.kind === "snooze") {
      const key = [...story.memory.incidents.keys()][one.which];
      if (key === undefined) continue;
      story.operate((memory, now) =>
        one.kind === "acknowledge"
          ? acknowledge(memory, key, "ann", now)
          : snooze(memory, key, now + 1_800, now),
      );
    }
    if (one.kind === "ticks") story.run(one.count);
    if (one.kind === "late") story.pass(one.seconds);
    if (one.kind === "doubled") {
      story.tick();
      expect(story.tick()).toMatchObject({
        alerts: [],
        forgotten: [],
        incidents: [],
        notifications: [],
        decisions: [],
      });
    }
  }
  return story;
}

const runs = { numRuns: 400 };
const stories = fc.array(event, { maxLength: 40 });

describe("on any story", () => {
  test("no two notifications have the same key, and a decision made again makes none", () => {
    fc.assert(
      fc.property(stories, (events) => {
        const keys = play(events).keys();
        expect(new Set(keys).size).toBe(keys.length);
      }),
      runs,
    );
  });

  test("what fires and is not muted, snoozed or acknowledged was told to the first step", () => {
    fc.assert(
      fc.property(stories, (events) => {
        const story = play(events);
        story.tick();
        for (const alert of story.memory.alerts.values()) {
          if (alert.state.phase !== "firing" || alert.incident === null) continue;
          const own = story.memory.incidents.get(alert.incident);
          const root = own?.mergedInto ? story.memory.incidents.get(own.mergedInto) : own;
          if (!alert.verdict?.includes("nothing mutes it") || !root) continue;
          const snoozed = root.snoozedUntil !== null && story.now < root.snoozedUntil;
          if (snoozed || root.acknowledgedAt !== null) continue;
          expect(root.page?.channels).toContain("chat");
          expect(root.page?.endTold).toBe(false);
        }
      }),
      runs,
    );
  });

  test("everybody who is told that it began is told that it is over, once each time", () => {
    fc.assert(
      fc.property(stories, (events) => {
        const story = play(events);
        for (const name of monitors) story.up(name).signal("slow", "well", name);
        story.run(10);
        expect(
          [...story.memory.incidents.values()].filter(({ endedAt }) => endedAt === null),
        ).toEqual([]);
        const byChannel = Map.groupBy(
          story.notifications,
          (one) => `${one.incident} ${one.channel}`,
        );
        for (const told of byChannel.values()) {
          expect(told.at(-1)?.kind).toBe("resolve");
          expect(told[0]?.kind).not.toBe("resolve");
          expect(hasDoubledEnd(told)).toBe(false);
        }
      }),
      runs,
    );
  });

  test("what is muted from beginning to end is never told of", () => {
    fc.assert(
      fc.property(stories, (events) => {
        const story = new Story(world);
        for (const name of monitors) story.maintenance(name, 10_000_000);
        expect(replay(story, events).told).toEqual([]);
      }),
      runs,
    );
  });
});

function hasDoubledEnd(told: readonly Notification[]): boolean {
  return told.some(({ kind }, index) => kind === "resolve" && told[index - 1]?.kind === "resolve");
}

function replay(story: Story, events: readonly Event[]): Story {
  for (const one of events) {
    if (one.kind === "down") story.down(one.monitor);
    if (one.kind === "up") story.up(one.monitor);
    if (one.kind === "slow") story.signal("slow", one.level, one.monitor);
    if (one.kind === "ticks") story.run(one.count);
    if (one.kind === "late") story.pass(one.seconds);
  }
  return story;
}
