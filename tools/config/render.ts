import type { Monitor } from "../../shared/domain/monitor.ts";
import type { Plan } from "../../shared/domain/plan.ts";
import type { Timetable } from "../../shared/domain/probes/heartbeat.ts";
import type { HttpExchange } from "../../shared/domain/probes/http.ts";
import type { Probe } from "../../shared/domain/probes/probe.ts";
import type { Outcome } from "./outcome.ts";
import { type Paint, plain } from "./paint.ts";
import { renderConflict, renderHistory, renderPlanned, renderRevision } from "./render-changes.ts";

/**
 * An outcome as people read it, without a newline at the end.
 *
 * @param paint colours words on a terminal; leaves them plain unless said
 */
export function renderText(outcome: Outcome, paint: Paint = plain): string {
  switch (outcome.kind) {
    case "unreadable":
    case "failed":
      return outcome.message;
    case "refused":
      return [
        `${outcome.file} is refused, nothing was changed. ${count(outcome.mistakes.length, "mistake")}:`,
        ...outcome.mistakes.map((mistake) => `  ${mistake}`),
      ].join("\n");
    case "valid":
      return `Valid: ${count(outcome.monitors, "monitor")}, ${count(outcome.regions, "region")}.`;
    case "planned":
      return renderPlanned(outcome, paint);
    case "applied": {
      const what = outcome.changes.length === 0 ? ": the order of monitors, or their shards" : "";
      return `Applied${what}. Revision ${outcome.revision} is in force.`;
    }
    case "unchanged":
      return `Nothing to change: revision ${outcome.revision} is in force.`;
    case "conflict":
      return renderConflict(outcome.inForce);
    case "declined":
      return "Nothing was changed.";
    case "shown":
      return renderPlan(outcome.plan);
    case "no-revision":
      return `There is no revision ${outcome.revision}; ${outcome.last === 0 ? "nothing was ever applied" : `the one in force is ${outcome.last}`}.`;
    case "history":
      return renderHistory(outcome.revisions, paint);
    case "revision":
      return renderRevision(outcome.entry, paint);
    case "exported":
      return JSON.stringify(outcome.config, null, 2);
  }
}

/** An outcome as one JSON value. What may hold secrets is left out. */
export function renderJson(outcome: Outcome): string {
  if (outcome.kind !== "shown") return JSON.stringify(outcome, null, 2);
  const monitors = outcome.plan.monitors.map(withoutSecrets);
  return JSON.stringify({ ...outcome, plan: { ...outcome.plan, monitors } }, null, 2);
}

function renderPlan({ revision, regions, monitors }: Plan): string {
  if (revision === 0) return "No configuration was applied yet.";
  const totals = `${count(monitors.length, "monitor")}, ${count(regions.length, "region")}`;
  const regionRows = table(
    regions.map(({ id, locationHint, generation }) => [
      id,
      locationHint,
      `generation ${generation}`,
    ]),
  );
  const monitorRows = table(monitors.map(rowOf));
  const groups = [...new Set(monitors.map((monitor) => monitor.group))];
  const rowsOf = (group: string) =>
    monitorRows.filter((_, index) => monitors[index]?.group === group);
  return [
    `Revision ${revision} is in force: ${totals}.`,
    ...["", "Regions", ...regionRows],
    ...groups.flatMap((group) => ["", group, ...rowsOf(group)]),
  ].join("\n");
}

function rowOf({ id, schedule, probe, regions }: Monitor): string[] {
  return [
    id,
    `every ${schedule.intervalSeconds} s`,
    ...describeProbe(probe),
    `from ${regions.join(", ")}`,
  ];
}

/** In two cells: how, and where. */
function describeProbe(probe: Probe): [string, string] {
  switch (probe.kind) {
    case "http":
      return [probe.method, probe.url];
    case "transaction":
      return ["transaction", probe.steps.map(({ name }) => name).join(" → ")];
    case "tcp":
    case "tls":
      return [probe.kind, `${probe.host}:${probe.port}`];
    case "dns":
      return ["dns", `${probe.name} ${probe.recordType}`];
    case "websocket":
      return ["websocket", probe.url];
    case "heartbeat":
      return ["heartbeat", describeTimetable(probe.timetable)];
  }
}

function describeTimetable(timetable: Timetable): string {
  if (timetable.kind === "every") return `at least every ${timetable.seconds} s`;
  return `${timetable.expression} (${timetable.timeZone})`;
}

/** Pads the cells of each column to the same width; a line for every row. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return `  ${cells.join("  ").trimEnd()}`;
  });
}

function withoutSecrets({ probe, ...monitor }: Monitor) {
  return { ...monitor, probe: hideSecrets(probe) };
}

function hideSecrets(probe: Probe) {
  switch (probe.kind) {
    case "http":
      return { ...probe, ...hiddenParts(probe) };
    case "transaction":
      return { ...probe, steps: probe.steps.map((step) => ({ ...step, ...hiddenParts(step) })) };
    case "tcp":
      return { ...probe, send: probe.send === null ? null : hidden };
    case "websocket":
      return { ...probe, headers: hiddenHeaders(probe), send: probe.send === null ? null : hidden };
    case "tls":
    case "dns":
    case "heartbeat":
      return probe;
  }
}

const hidden = "<not shown>";

function hiddenHeaders({ headers }: Pick<HttpExchange, "headers">) {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, hidden]));
}

function hiddenParts({ headers, body, auth }: HttpExchange) {
  return {
    headers: hiddenHeaders({ headers }),
    body: body === null ? null : hidden,
    ...(auth !== undefined && { auth: hidden }),
  };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
