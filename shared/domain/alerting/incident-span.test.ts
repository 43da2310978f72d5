/** How long an incident goes on, and what it is called, where its parts begin and end apart. */
import { describe, expect, test } from "vitest";
import { ruleOf, Story, serviceDown, slow } from "./testing/story.ts";

const incidents = (story: Story) =>
  [...story.memory.incidents.values()].map(({ key, endedAt, mergedInto }) => ({
    key,
    endedAt,
    mergedInto,
  }));

describe("an incident of which a part is over", () => {
  test("goes on while another alert of it fires, and those told hear what is over, once", () => {
    const story = new Story().down("api").run(1).signal("slow", "warning", "api").run(1);
    story.up("api").run(20);
    expect(incidents(story)).toEqual([{ key: "outage/api/0", endedAt: null, mergedInto: null }]);
    story.signal("slow", "well", "api").run(1);
    expect(story.told).toEqual([
      "0 chat trigger outage/api/0",
      "300 chat update outage/api/0",
      // Nobody has taken it on: it is escalated as what it was.
      "600 pager escalate outage/api/0",
      "1320 chat resolve outage/api/0",
      "1320 pager resolve outage/api/0",
    ]);
  });

  test("is told of even where what remains is muted", () => {
    const story = new Story().silence("b", 36_000).down("a", "b").run(1).up("a").run(30);
    expect(story.told).toEqual(["0 chat trigger outage/a/0", "300 chat update outage/a/0"]);
  });

  test("is another one where that part comes back later", () => {
    const story = new Story().down("a", "b").run(2).up("a").run(10).down("a").run(10);
    expect(story.told.filter((line) => !line.includes("pager"))).toEqual([
      "0 chat trigger outage/a/0",
      "300 chat update outage/a/0",
      // It began too long after the others to be one with them.
      "720 chat trigger outage/a/720",
    ]);
  });
});

describe("an outage that follows another of the same monitor", () => {
  test("with nobody deciding in between is an incident of its own, and the first is over", () => {
    const story = new Story().down("api").run(1);
    // Up and down again before the next decision: the alert never saw it well.
    story.pass(1_200).down("api").run(1);
    expect(incidents(story)).toEqual([
      { key: "outage/api/0", endedAt: 1_260, mergedInto: null },
      { key: "outage/api/1260", endedAt: null, mergedInto: null },
    ]);
    expect(story.told).toEqual([
      "0 chat trigger outage/api/0",
      "1260 chat resolve outage/api/0",
      "1260 chat trigger outage/api/1260",
    ]);
    story.up("api").run(1);
    expect(story.told.at(-1)).toBe("1320 chat resolve outage/api/1260");
  });

  test("within the time that its rule asks it to be well is part of the same incident", () => {
    const patient = { ...serviceDown, resolveSeconds: 600 };
    const story = new Story({ rules: [patient] }).down("api").run(1).up("api").run(2);
    story.down("api").run(5);
    expect(incidents(story)).toEqual([
      { key: "outage/api/0", endedAt: null, mergedInto: null },
      { key: "outage/api/180", endedAt: null, mergedInto: "outage/api/0" },
    ]);
    expect(story.told).toEqual(["0 chat trigger outage/api/0"]);
    story.up("api").run(12);
    expect(story.told).toContain("1080 chat resolve outage/api/0");
    expect(incidents(story).every(({ endedAt }) => endedAt !== null)).toBe(true);
  });
});

describe("a cooldown", () => {
  const rules = [serviceDown, { ...slow, cooldownSeconds: 3_600 }];

  test("hides nothing that nobody was told of: it came first under maintenance", () => {
    const story = new Story({ rules }).maintenance("api", 300).signal("slow", "warning", "api");
    story.run(2).signal("slow", "well", "api").run(4);
    expect(story.told).toEqual([]);
    story.signal("slow", "warning", "api").run(1);
    expect(story.told).toEqual(["360 chat trigger alert/slow/api/360"]);
  });

  test("hides nothing that joined an incident and was over before anybody heard of it", () => {
    const story = new Story({ rules }).down("api").run(1).signal("slow", "warning", "api").run(1);
    story.signal("slow", "well", "api").run(1).signal("slow", "warning", "api").run(3);
    expect(story.told).toEqual(["0 chat trigger outage/api/0", "300 chat update outage/api/0"]);
  });

  test("hides no worsening that was muted when it first came", () => {
    const story = new Story({ rules }).signal("slow", "warning", "api").run(1);
    story.silence("api", 120).signal("slow", "critical", "api").run(1);
    story.signal("slow", "well", "api").run(2);
    story.signal("slow", "critical", "api").run(1);
    expect(story.told.at(-1)).toBe("240 chat trigger alert/slow/api/0");
  });
});

describe("several things due at once", () => {
  test("are one message to each channel: late steps, and a deadline with them", () => {
    const story = new Story().down("api").run(1).pass(3_600).run(1);
    expect(story.told).toEqual([
      "0 chat trigger outage/api/0",
      "3660 pager escalate outage/api/0",
      "3660 chat escalate outage/api/0",
    ]);
  });

  test("a deadline that passed while nobody decided is told as missed", () => {
    const story = new Story().down("api").run(31).pass(0);
    const late = new Story().down("api").run(1);
    late.operate((memory, now) => {
      const incident = memory.incidents.get("outage/api/0");
      if (!incident) throw new Error("no incident");
      return {
        ok: true,
        alerts: [],
        incidents: [{ ...incident, priority: "P1", priorityFixed: true }],
        notifications: [],
        now,
      };
    });
    late.pass(840).run(1);
    expect(late.notifications.map(({ kind, because }) => `${kind} ${because}`)).toEqual([
      "trigger begins",
      "escalate step 2, not acknowledged",
      "deadline response deadline missed",
    ]);
    expect(story.told.filter((line) => line.includes("deadline"))).toHaveLength(2);
  });

  test("a deadline is not told while it is snoozed, and is after it", () => {
    const story = new Story().down("api").run(1);
    const key = "outage/api/0";
    story.operate((memory) => {
      const incident = memory.incidents.get(key);
      if (!incident) throw new Error("no incident");
      return {
        ok: true,
        alerts: [],
        incidents: [{ ...incident, snoozedUntil: 1_600 }],
        notifications: [],
      };
    });
    story.run(40);
    const first = story.told.filter((line) => !line.startsWith("0 "))[0];
    expect(first).toMatch(/^1620 /);
    expect(story.told.filter((line) => /deadline/.test(line))).toEqual([
      "1620 chat deadline outage/api/0",
    ]);
  });
});

describe("a rule whose policy is gone", () => {
  test("goes by the default one", () => {
    const rules = [ruleOf({ ...serviceDown, policy: "gone" })];
    const story = new Story({ rules }).down("api").run(1);
    expect(story.told).toEqual(["0 chat trigger outage/api/0"]);
  });
});
