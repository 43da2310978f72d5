import { expect, it } from "vitest";
import { tickFaults } from "./tick-faults.ts";

const well = {
  minute: 1_790_000_040,
  plan: {
    kind: "loaded",
    plan: { revision: 1, regions: [], monitors: [], shards: 1, controls: [] },
  },
  rounds: [],
  upkeep: null,
  alive: { kind: "off" },
  noted: { kind: "noted" },
} as const;

it("what failed and could not even be noted is told, and nothing where all is well", () => {
  const noted = { kind: "not-noted", faults: 3, detail: "D1_ERROR: out of order" } as const;
  expect(tickFaults({ ...well, noted })).toEqual([
    { event: "self-not-noted", fields: { faults: 3, error: "D1_ERROR: out of order" } },
  ]);
  expect(tickFaults(well)).toEqual([]);
});
