import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { day, hour } from "../domain/rollup.ts";
import { piecesOf, toWholeHours } from "./rollups-of-window.ts";

describe("the pieces of a window", () => {
  it("are whole days, and hours at both ends", () => {
    // A day in Berlin: 22 to 22 o'clock UTC.
    expect(piecesOf({ from: 22 * hour, to: day + 22 * hour })).toEqual([
      { step: hour, from: 22 * hour, to: day },
      { step: hour, from: day, to: day + 22 * hour },
    ]);
    expect(piecesOf({ from: day, to: 8 * day })).toEqual([{ step: day, from: day, to: 8 * day }]);
    expect(piecesOf({ from: day + hour, to: day + 3 * hour })).toEqual([
      { step: hour, from: day + hour, to: day + 3 * hour },
    ]);
  });

  it("cover the window to the hour, each moment once, with at most 46 hours", () => {
    const moment = fc.integer({ min: 0, max: 400 * day });
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 400 * day }), (from, seconds) => {
        const window = { from, to: from + seconds };
        const pieces = piecesOf(window);
        const { from: first, to: last } = toWholeHours(window);
        expect(pieces[0]?.from).toBe(first);
        expect(pieces.at(-1)?.to).toBe(last);
        for (const [index, piece] of pieces.entries()) {
          expect(piece.from % piece.step).toBe(0);
          expect(piece.to % piece.step).toBe(0);
          if (index > 0) expect(pieces[index - 1]?.to).toBe(piece.from);
        }
        const hours = pieces
          .filter(({ step }) => step === hour)
          .reduce((sum, piece) => sum + (piece.to - piece.from) / hour, 0);
        expect(hours).toBeLessThanOrEqual(46);
      }),
    );
  });
});
