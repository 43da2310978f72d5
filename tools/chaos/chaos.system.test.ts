import { expect, it } from "vitest";
import { judge } from "./laws.ts";
import { runChaos } from "./run-chaos.ts";

it("some seconds of chaos break no law", async () => {
  const evidence = await runChaos({ seconds: 6, seed: 2, onEvent: () => {} });
  expect(judge(evidence).filter(({ kept }) => !kept)).toEqual([]);
  expect(evidence.minutes.length).toBeGreaterThan(evidence.restFrom);
});
