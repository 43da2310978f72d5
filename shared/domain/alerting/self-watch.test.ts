import { describe, expect, it } from "vitest";
import { isAboutOurselves } from "./rule.ts";
import { ruleOf, Story, serviceDown, slow } from "./testing/story.ts";

const stuck = ruleOf({
  id: "outbox-stuck",
  signal: { kind: "outbox-age" },
  thresholds: { direction: "above", warning: 300, critical: 900, margin: 0 },
});

const silent = ruleOf({
  id: "region-fault",
  signal: { kind: "region-fault" },
  thresholds: { direction: "above", warning: 180, critical: 900, margin: 0 },
});

const world = { rules: [serviceDown, slow, stuck, silent] };

const roots = (story: Story) =>
  [...story.memory.incidents.values()].map(({ key, origin, mergedInto, priority }) => {
    const kind = key.split("/").slice(0, 2).join("/");
    return [kind, origin, mergedInto?.split("/").slice(0, 2).join("/") ?? null, priority];
  });

describe("what fails of the monitoring", () => {
  it("is told apart from an outage that begins at the same time, whichever comes first", () => {
    const after = new Story(world).down("a").run(1).signal("outbox-stuck", "critical").run(1);
    expect(roots(after)).toEqual([
      ["outage/a", "outage", null, "P2"],
      ["alert/outbox-stuck", "alert", null, "P3"],
    ]);
    const before = new Story(world).signal("outbox-stuck", "critical").run(1).down("a").run(1);
    expect(roots(before)).toEqual([
      ["alert/outbox-stuck", "alert", null, "P3"],
      ["outage/a", "outage", null, "P2"],
    ]);
  });

  it("is one incident with what else fails of it, and NetPost's with NetPost's", () => {
    const story = new Story(world).signal("region-fault", "warning").run(1);
    story.signal("outbox-stuck", "warning").down("a").run(1).signal("slow", "warning", "b").run(1);
    expect(roots(story)).toEqual([
      ["alert/region-fault", "alert", null, "P4"],
      ["alert/outbox-stuck", "alert", "alert/region-fault", "P4"],
      ["outage/a", "outage", null, "P2"],
      ["alert/slow", "alert", "outage/a", "P4"],
    ]);
  });

  it("is known by its signal", () => {
    expect([serviceDown, slow, stuck, silent].map(isAboutOurselves)).toEqual([
      ...[false, false],
      ...[true, true],
    ]);
  });
});
