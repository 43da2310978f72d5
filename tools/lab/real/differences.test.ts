import { expect, it } from "vitest";
import { differencesOf, isSame } from "./differences.ts";

const empty = { results: [], transitions: [], outages: [] };

it("finds what was lost, what was doubled, and what was decided otherwise", () => {
  const undisturbed = { ...empty, results: ["a", "b"], transitions: ["up", "down"] };
  const disturbed = { ...empty, results: ["b", "b"], transitions: ["up"], outages: ["one"] };
  const differences = differencesOf(undisturbed, disturbed);
  expect(differences).toEqual({ lost: 1, extra: 1, decided: ["missing: down", "extra: one"] });
  expect(isSame(differences)).toBe(false);
  expect(isSame(differencesOf(undisturbed, undisturbed))).toBe(true);
});
