import { describe, expect, test } from "vitest";
import { acknowledge, merge, resolveByHand, snooze, trigger } from "./operate.ts";
import { ruleOf, Story, serviceDown, slow } from "./testing/story.ts";

const minute = 60;

describe("an outage", () => {
  test("is told at once, escalated until acknowledged, and told when it is over", () => {
    const story = new Story().down("api").run(12).up("api").run(2);
    expect(story.told).toEqual([
      "0 chat trigger outage/api/0",
      "600 pager escalate outage/api/0",
      "720 chat resolve outage/api/0",
      "720 pager resolve outage/api/0",
    ]);
  });

  test("that was acknowledged is not escalated; everybody told hears who has it", () => {
    const story = new Story().down("api").run(2);
    story.operate((memory, now) => acknowledge(memory, "outage/api/0", "ann", now));
    story.run(60).up("api").run(1);
    expect(story.told).toEqual([
      "0 chat trigger outage/api/0",
      "120 chat acknowledge outage/api/0",
      "3720 chat resolve outage/api/0",
    ]);
  });

  test("is repeated as often as the policy says, and no more", () => {
    const story = new Story().down("api").run(100);
    const pages = story.told.filter((line) => !line.includes("deadline"));
    expect(pages).toEqual([
      "0 chat trigger outage/api/0",
      "600 pager escalate outage/api/0",
      "1800 chat escalate outage/api/0",
      "2400 pager escalate outage/api/0",
    ]);
  });

  test("warns of both deadlines before they pass, once each", () => {
    const story = new Story({ monitors: 10 }).down("api").run(250);
    const warned = story.told.filter((line) => line.includes("deadline"));
    // P2: 30 minutes to respond, 4 hours to resolve; told at 80 %.
    expect(warned).toEqual([
      "1440 chat deadline outage/api/0",
      "1440 pager deadline outage/api/0",
      "11520 chat deadline outage/api/0",
      "11520 pager deadline outage/api/0",
    ]);
  });

  test("that is decided twice in the same minute is told once", () => {
    const story = new Story().down("api");
    story.tick();
    const again = story.tick();
    expect(again).toMatchObject({ alerts: [], incidents: [], notifications: [], decisions: [] });
  });

  test("whose ticks come late is told when they come, in full", () => {
    const story = new Story().down("api").pass(25 * minute);
    story.tick();
    expect(story.told).toEqual(["1500 chat trigger outage/api/0"]);
    story.pass(11 * minute).tick();
    expect(story.told.at(-1)).toMatch(/pager (escalate|deadline)/);
  });

  test("writes nothing while nothing changes", () => {
    const story = new Story().down("api").run(3);
    expect(
      story.outcomes
        .slice(1)
        .every(({ alerts, incidents }) => alerts.length + incidents.length === 0),
    ).toBe(true);
  });
});

describe("many at once", () => {
  const forty = Array.from({ length: 40 }, (_, index) => `m${index}`);

  test("forty monitors that fail in one tick are one incident and one message", () => {
    const story = new Story().down(...forty);
    const { incidents } = story.tick();
    expect(story.told).toEqual(["0 chat trigger outage/m0/0"]);
    expect(incidents.filter(({ mergedInto }) => mergedInto === "outage/m0/0")).toHaveLength(39);
  });

  test("one that joins within five minutes is an update, not a page", () => {
    const story = new Story().down("a").run(2).down("b").run(5);
    expect(story.told).toEqual(["0 chat trigger outage/a/0", "300 chat update outage/a/0"]);
  });

  test("one that fails an hour later is an incident of its own", () => {
    const story = new Story().down("a").run(1);
    story.operate((memory, now) => acknowledge(memory, "outage/a/0", "ann", now));
    story.pass(3_600).down("b").tick();
    expect(story.told.at(-1)).toBe("3660 chat trigger outage/b/3660");
  });

  test("the incident goes on until the last of them is well", () => {
    const story = new Story().down("a", "b").run(2).up("a").run(2);
    expect(story.told.filter((line) => line.includes("resolve"))).toEqual([]);
    story.up("b").run(1);
    expect(story.told.at(-1)).toBe("240 chat resolve outage/a/0");
  });
});

describe("muting", () => {
  test("a monitor under maintenance is not told of; when it ends with the outage going on, it is", () => {
    const story = new Story().maintenance("api", 300).down("api").run(5);
    expect(story.told).toEqual([]);
    expect(story.outcomes[0]?.decisions).toMatchObject([
      { decision: "not-told", because: "maintenance", data: { window: "weekly", until: 300 } },
    ]);
    story.run(1);
    expect(story.told).toEqual(["300 chat trigger outage/api/0"]);
  });

  test("a silence mutes what matches, and nothing else", () => {
    const story = new Story().silence("a", 3_600).down("a").run(10).down("b").run(1);
    expect(story.told).toEqual(["600 chat trigger outage/b/600"]);
  });

  test("what depends on a failed monitor is not told of, and is named by what failed", () => {
    const story = new Story({ dependsOn: { page: ["api"], api: ["database"] } });
    const { decisions } = story.down("database", "api", "page").tick();
    expect(story.told).toEqual(["0 chat trigger outage/database/0"]);
    expect(decisions.filter(({ decision }) => decision === "not-told")).toMatchObject([
      { alert: "service-down/api", because: "dependency", data: { monitor: "database" } },
      { alert: "service-down/page", because: "dependency", data: { monitor: "database" } },
    ]);
  });

  test("a cycle of dependencies does not hang, nor silence everybody", () => {
    const story = new Story({ dependsOn: { a: ["b"], b: ["a"] } }).down("a");
    story.tick();
    expect(story.told).toHaveLength(1);
  });

  test("what ends under maintenance was never told of, and its end is not either", () => {
    const story = new Story().maintenance("api", 3_600).down("api").run(5).up("api").run(5);
    expect(story.told).toEqual([]);
  });
});

describe("cooldown", () => {
  const rule = { ...slow, cooldownSeconds: 1_800 };
  const world = { rules: [serviceDown, rule] };

  test("a return within it is not told until it is over", () => {
    const story = new Story(world).signal("slow", "warning", "api").run(1);
    story.signal("slow", "well", "api").run(1);
    story.signal("slow", "warning", "api").run(40);
    expect(story.told.filter((line) => !line.includes("deadline"))).toEqual([
      "0 chat trigger alert/slow/api/0",
      "60 chat resolve alert/slow/api/0",
      "1860 chat trigger alert/slow/api/0",
    ]);
  });

  test("it never hides a worsening", () => {
    const story = new Story(world).signal("slow", "warning", "api").run(1);
    story.signal("slow", "well", "api").run(1);
    story.signal("slow", "critical", "api").run(1);
    expect(story.told.at(-1)).toBe("120 chat trigger alert/slow/api/0");
  });
});

describe("worsening", () => {
  test("from warning to critical pages again, even when the warning was acknowledged", () => {
    const story = new Story().signal("slow", "warning", "api").run(1);
    story.operate((memory, now) => acknowledge(memory, "alert/slow/api/0", "ann", now));
    story.run(1).signal("slow", "critical", "api").run(1);
    expect(story.told.at(-1)).toBe("120 chat trigger alert/slow/api/0");
  });

  test("is told through a snooze", () => {
    const story = new Story().signal("slow", "warning", "api").run(1);
    story.operate((memory, now) => snooze(memory, "alert/slow/api/0", 36_000, now));
    story.run(30);
    expect(story.told.filter((line) => !line.includes("deadline"))).toHaveLength(1);
    story.signal("slow", "critical", "api").run(1);
    expect(story.told.at(-1)).toBe("1860 chat trigger alert/slow/api/0");
  });

  test("an improvement is not a page", () => {
    const story = new Story().signal("slow", "critical", "api").run(1);
    story.signal("slow", "warning", "api").run(3);
    expect(story.told).toHaveLength(1);
  });
});

describe("for and hysteresis", () => {
  const patient = ruleOf({
    id: "patient",
    signal: { kind: "error-rate", windowSeconds: 300 },
    forSeconds: 300,
    resolveSeconds: 120,
  });
  const world = { rules: [patient] };

  test("a condition that does not last is never told of", () => {
    const story = new Story(world).signal("patient", "critical", "api").run(5);
    story.signal("patient", "well", "api").run(5);
    expect(story.told).toEqual([]);
  });

  test("one that lasts is; it is over only when it was well for long enough", () => {
    const story = new Story(world).signal("patient", "critical", "api").run(6);
    story.signal("patient", "well", "api").run(1).signal("patient", "critical", "api").run(1);
    story.signal("patient", "well", "api").run(3);
    expect(story.told).toEqual([
      "300 chat trigger alert/patient/api/0",
      "600 chat resolve alert/patient/api/0",
    ]);
  });

  test("missing data neither fires nor resolves", () => {
    const story = new Story(world).signal("patient", "critical", "api").run(2);
    story.signal("patient", "unknown", "api").run(20);
    expect(story.told).toEqual([]);
    story.signal("patient", "critical", "api").run(1);
    story.signal("patient", "unknown", "api").run(60);
    expect(story.told.filter((line) => line.includes("resolve"))).toEqual([]);
  });
});

describe("by hand", () => {
  const manual = {
    id: "42",
    title: "Odd mails",
    message: "See desk",
    severity: "critical",
    monitor: null,
  } as const;

  test("an alert is told, escalated, and resolved by hand", () => {
    const story = new Story();
    story.operate((memory, now) => trigger(memory, manual, now));
    story.run(11);
    story.operate((memory, now) => resolveByHand(memory, "manual///42", now));
    story.run(1);
    expect(story.told.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
      "0 chat trigger",
      "600 pager escalate",
      "660 chat resolve",
      "660 pager resolve",
    ]);
  });

  test("the same again changes nothing", () => {
    const story = new Story();
    story.operate((memory, now) => trigger(memory, manual, now));
    expect(story.operate((memory, now) => trigger(memory, manual, now))).toMatchObject({
      incidents: [],
    });
  });

  test("what a signal fires is not resolved by hand", () => {
    const story = new Story().down("api").run(1);
    const refused = story.operate((memory, now) => resolveByHand(memory, "service-down/api", now));
    expect(refused).toMatchObject({ ok: false, because: "not-manual" });
  });

  test("an incident that is merged ends for those it was told to, and goes on as the other", () => {
    const story = new Story().down("a").run(10).down("b").run(1);
    story.operate((memory) => merge(memory, "outage/b/600", "outage/a/0"));
    expect(story.told.at(-1)).toBe("660 chat resolve outage/b/600");
    story.up("a").run(5);
    expect(story.told.filter((line) => line.includes("resolve outage/a"))).toEqual([]);
    story.up("b").run(1);
    expect(story.told.filter((line) => line.includes("resolve outage/a"))).not.toEqual([]);
  });
});
