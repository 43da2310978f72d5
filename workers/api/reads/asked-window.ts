/** What a query about a window of time means, against the plan and the newest data. */
import type { WindowQuery } from "../../../shared/contract/api/window.ts";
import { freshness } from "../../../shared/domain/freshness.ts";
import { type Present, readPresent } from "../../../shared/measure/material.ts";
import { type AskedWindow, parseWindow } from "../../../shared/measure/window.ts";
import { invalidRequest } from "../problems.ts";
import { fromDatabase } from "./from-database.ts";
import { type Selection, type SelectionQuery, select } from "./selection.ts";

/** What is asked for, and what it is answered from. */
export interface Asked extends AskedWindow, Pick<Selection, "monitors" | "regions"> {
  readonly present: Present;
}

/**
 * Reads plan and newest coverage, and finds the window, monitors and regions that a query names.
 *
 * @param now epoch seconds
 * @throws ProblemError `invalid-request` with all that is wrong with the query
 */
export async function readAsked(
  db: D1Database,
  query: WindowQuery & SelectionQuery,
  now: number,
): Promise<Asked> {
  const present = await fromDatabase(readPresent(db, now));
  const window = parseWindow(query, now, freshness(now, present.lastSpans));
  const { monitors, regions, errors: unknown } = select(present.plan, query);
  const errors = [...(window.ok ? [] : window.errors), ...unknown];
  if (!window.ok || errors.length > 0) throw invalidRequest(errors);
  return { present, window: window.window, period: window.period, monitors, regions };
}
