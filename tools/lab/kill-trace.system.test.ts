import { expect, it } from "vitest";
import { runKillTrace } from "./kill-trace.ts";

it("killing workerd in the middle of ticks loses no result and doubles none", async () => {
  const minutes = 20;
  const undisturbed = await runKillTrace({ minutes, kills: 0, seed: 1 });
  const killed = await runKillTrace({ minutes, kills: 4, seed: 2 });
  expect(undisturbed.results).toHaveLength(minutes * 4 * 3);
  // One outage, and one monitor that comes and goes: its outage is taken up again each time.
  expect(undisturbed.outages).toHaveLength(2);
  expect(undisturbed.transitions.length).toBeGreaterThan(50);
  expect(killed).toEqual(undisturbed);
});
