/**
 * Every lifecycle of one alert, as far as a few events can make one: all sequences of events, each
 * held against what people expect (law 4), which is said here without a look at how it is decided.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acknowledge, snooze } from "./operate.ts";
import type { Level } from "./rule.ts";
import { Story, serviceDown, slow } from "./testing/story.ts";

const muteSeconds = 900;
const snoozeSeconds = 1_200;
const cooldownSeconds = 1_800;
/** When the policy of stories tells the pager of what is critical and not acknowledged. */
const escalationSeconds = 600;

const common = [
  "acknowledge",
  "snooze",
  "maintenance",
  "silence",
  "wait",
  "late",
  "doubled",
] as const;
const ofValue = ["warning", "critical", "well", ...common] as const;
const ofOutage = ["down", "up", ...common] as const;
type Event = (typeof ofValue)[number] | (typeof ofOutage)[number];

const rank = (level: Level | null) => (level === null ? 0 : level === "warning" ? 1 : 2);

/** What people expect of one alert, beside the story in which it happens. */
class Expectations {
  readonly story = new Story({
    rules: [serviceDown, { ...slow, cooldownSeconds }],
    monitors: 10,
  });
  /** How bad it is now. */
  #level: Level | null = null;
  /** The level at the last decision. */
  #before: Level | null = null;
  #mutedUntil = 0;
  #acknowledged = false;
  #snoozedUntil = 0;
  /** As what it was told last, and when; it may be over by now. */
  #told: { readonly level: Level; readonly at: number; readonly pager: boolean } | null = null;
  #open = false;
  #quiet: { readonly until: number; readonly level: Level } | null = null;
  /** Of what nobody was told of: the worst it was, and the worst when a person spoke of it. */
  #worst: Level | null = null;
  #spokenOf: Level | null = null;
  /** As how bad somebody has it who was never told of it, or not of its return. */
  #taken: Level | null = null;

  play(events: readonly Event[]): void {
    for (const event of events) this.#play(event);
    this.#set(null);
    this.#tick();
    this.#tick();
    this.#hasEnded();
  }

  #play(event: Event): void {
    const { story } = this;
    switch (event) {
      case "warning":
      case "critical":
        story.signal("slow", event, "api");
        this.#level = event;
        break;
      case "down":
        if (this.#level === null) story.down("api");
        this.#level = "critical";
        break;
      case "well":
      case "up":
        this.#set(null);
        break;
      case "acknowledge":
      case "snooze":
        this.#operate(event);
        break;
      case "maintenance":
        story.maintenance("api", muteSeconds);
        this.#mutedUntil = Math.max(this.#mutedUntil, story.now + muteSeconds);
        break;
      case "silence":
        story.silence("api", muteSeconds);
        this.#mutedUntil = Math.max(this.#mutedUntil, story.now + muteSeconds);
        break;
      case "wait":
        for (let minute = 0; minute < 11; minute += 1) this.#tick();
        break;
      case "late":
        story.pass(1_500);
        break;
      case "doubled":
        this.#tick(0);
        expect(this.story.tick()).toMatchObject({ alerts: [], incidents: [], notifications: [] });
        break;
    }
    this.#tick();
  }

  #set(_: null): void {
    this.story.signal("slow", "well", "api").up("api");
    this.#level = null;
  }

  #operate(event: "acknowledge" | "snooze"): void {
    const { story } = this;
    const open = [...story.memory.incidents.values()].findLast(({ endedAt }) => endedAt === null);
    if (!open) return;
    const done = story.operate((memory, now) =>
      event === "acknowledge"
        ? acknowledge(memory, open.key, "ann", now)
        : snooze(memory, open.key, now + snoozeSeconds, now),
    );
    if (!done.ok) return;
    this.#spokenOf = this.#worst;
    if (event === "acknowledge") {
      this.#acknowledged = true;
      if (this.#told !== null && !this.#open) this.#taken = this.#worst;
    } else this.#snoozedUntil = story.now + snoozeSeconds;
  }

  /** One decision, held against what people expect of it; then time passes. */
  #tick(seconds = 60): void {
    const { story } = this;
    const level = this.#level;
    const began = level !== null && this.#before === null;
    if (began) {
      const back = this.#quiet !== null && story.now < this.#quiet.until;
      this.#acknowledged = false;
      // What was never told, or is too old, begins anew.
      if (!back) {
        this.#snoozedUntil = 0;
        this.#quiet = null;
        this.#told = null;
        this.#taken = null;
        this.#worst = null;
        this.#spokenOf = null;
      }
    }
    if (rank(level) > rank(this.#worst)) this.#worst = level;
    const unheard = this.#told === null ? this.#taken === null : !this.#open;
    if (unheard && rank(this.#worst) > rank(this.#spokenOf)) {
      this.#acknowledged = false;
      this.#snoozedUntil = 0;
    }
    const said = story.tick().notifications;
    const channels = said.map(({ incident, channel }) => `${incident} ${channel}`);
    expect(new Set(channels).size, "one message to a channel in a decision").toBe(channels.length);

    const muted = story.now < this.#mutedUntil;
    const snoozed = story.now < this.#snoozedUntil;
    const cool =
      this.#quiet !== null &&
      story.now < this.#quiet.until &&
      rank(level) <= rank(this.#quiet.level);
    const toldAs = this.#open ? (this.#told?.level ?? null) : null;
    const told = this.#told?.level ?? null;
    const heard = rank(this.#taken) > rank(told) ? this.#taken : told;
    const worse = heard !== null && rank(level) > rank(heard);
    const ends = said.filter(({ kind }) => kind === "resolve");
    const pages = said.filter(({ kind }) => kind !== "resolve");
    const asks = pages.filter(({ kind }) => kind === "trigger" || kind === "escalate");

    if (pages.length > 0) {
      expect(level, "nobody is told of what is well").not.toBeNull();
      expect(muted, "nobody is told of what is muted").toBe(false);
      expect(snoozed && !worse, "nor of what is snoozed and no worse").toBe(false);
      expect(cool && !this.#open, "nor of what came back in its cooldown, no worse").toBe(false);
    }
    if (asks.length > 0 && this.#acknowledged) {
      expect(worse, "somebody has it").toBe(true);
    }
    if (ends.length > 0) {
      expect(level, "it is told as over when it is").toBeNull();
      expect(this.#open, "to those who were told").toBe(true);
    }
    if (this.#open && level === null) expect(ends.map(({ channel }) => channel)).toContain("chat");

    const first = asks.find(({ kind, channel }) => kind === "trigger" && channel === "chat");
    if (first && level !== null) {
      this.#told = { level, at: story.now, pager: false };
      this.#open = true;
      this.#acknowledged = false;
      this.#snoozedUntil = 0;
    }
    if (asks.some(({ channel }) => channel === "pager") && this.#told) {
      this.#told = { ...this.#told, pager: true };
    }
    const taken = this.#acknowledged && !worse;
    if (taken && !muted && !snoozed && this.#told === null) this.#taken ??= level;
    if (level !== null && !muted && !snoozed && !taken && !cool) {
      expect(this.#open, "what fires is told").toBe(true);
      expect(rank(this.#told?.level ?? null), "as bad as it is").toBeGreaterThanOrEqual(
        rank(level),
      );
      const waited = story.now - (this.#told?.at ?? story.now);
      const isCritical = this.#told?.level === "critical" && level === "critical";
      if (isCritical && waited >= escalationSeconds && !this.#acknowledged)
        expect(this.#told?.pager, "nobody took it on: the next step").toBe(true);
    }
    if (toldAs !== null && level === null) this.#open = false;
    if (level === null && this.#before !== null) this.#rest();
    this.#before = level;
    story.now += seconds;
  }

  /** It is over: it may come back within its cooldown, if anybody was told. */
  #rest(): void {
    const isValue = [...this.story.memory.alerts.keys()].some((key) => key.startsWith("slow"));
    if (!isValue || this.#before === null || this.#told === null) {
      this.#quiet = null;
      return;
    }
    const level = rank(this.#before) > rank(this.#told.level) ? this.#told.level : this.#before;
    this.#quiet = { until: this.story.now + cooldownSeconds, level };
  }

  #hasEnded(): void {
    const { story } = this;
    const open = [...story.memory.incidents.values()].filter(({ endedAt }) => endedAt === null);
    expect(open).toEqual([]);
    const by = Map.groupBy(story.notifications, (one) => `${one.incident} ${one.channel}`);
    for (const told of by.values()) {
      expect(told[0]?.kind, "nobody hears of the end first").not.toBe("resolve");
      expect(told.at(-1)?.kind, "who was told is told that it is over").toBe("resolve");
      const twice = told.some(
        (one, at) => one.kind === "resolve" && told[at - 1]?.kind === "resolve",
      );
      expect(twice, "once").toBe(false);
    }
    expect(new Set(story.keys()).size, "each message has its key").toBe(story.keys().length);
  }
}

/** All sequences of so many events. */
function* sequences<T>(events: readonly T[], length: number): Generator<readonly T[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const rest of sequences(events, length - 1)) for (const one of events) yield [...rest, one];
}

function playAll(first: readonly Event[], events: readonly Event[], length: number): number {
  let played = 0;
  for (const begin of first) {
    for (const rest of sequences(events, length)) {
      const all = [begin, ...rest];
      try {
        new Expectations().play(all);
      } catch (error) {
        throw new Error(`after ${all.join(", ")}`, { cause: error });
      }
      played += 1;
    }
  }
  return played;
}

describe("whatever happens, in any order", () => {
  test("an alert of a value that comes back is told, escalated, muted and ended as people expect", () => {
    expect(playAll(["warning", "critical"], ofValue, 3)).toBe(2_000);
  });

  test("so is an outage", () => {
    expect(playAll(["down"], ofOutage, 3)).toBe(729);
  });

  test.each<readonly Event[]>([
    // Somebody takes on what came back unheard; it is not told when the cooldown is over.
    ["warning", "well", "warning", "acknowledge", "wait", "wait", "wait", "wait"],
    // Somebody takes on, or snoozes, something mild that nobody was told of; then it is worse.
    ["maintenance", "warning", "acknowledge", "critical", "wait", "wait", "wait"],
    ["silence", "warning", "snooze", "critical", "wait", "wait", "wait"],
    ["warning", "silence", "critical", "well", "wait", "wait", "critical", "wait"],
    // It comes back unheard, worse, and somebody takes it on as that; or takes on the mild return,
    // and then it is worse; or it was over once more in between.
    ["warning", "maintenance", "well", "critical", "acknowledge", "wait", "wait"],
    ["warning", "maintenance", "well", "warning", "acknowledge", "critical", "wait", "wait"],
    ["warning", "maintenance", "well", "warning", "snooze", "critical", "wait", "wait"],
    ["warning", "maintenance", "well", "warning", "acknowledge", "well", "warning", "wait", "wait"],
    ["warning", "silence", "well", "critical", "acknowledge", "well", "critical", "wait", "wait"],
  ])("so is what takes longer: %s, %s, %s, %s, %s …", (...events) => {
    new Expectations().play(events);
  });

  test("so is any longer story", () => {
    const story = fc.array(fc.constantFrom<Event>(...ofValue), { maxLength: 16 });
    const outages = fc.array(fc.constantFrom<Event>(...ofOutage), { maxLength: 16 });
    fc.assert(
      fc.property(fc.oneof(story, outages), (events) => new Expectations().play(events)),
      { numRuns: 1_000 },
    );
  });
});
