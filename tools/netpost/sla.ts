import { type SlaDocument, slaQuerySchema } from "../../shared/contract/api/sla.ts";
import type { Paint } from "../config/paint.ts";
import { apiOptions, asInput, findApi } from "./api-client.ts";
import type { Command } from "./command.ts";
import { spanOf } from "./duration.ts";
import { withProgress } from "./progress.ts";
import { table } from "./table.ts";

const questions = {
  window: { value: "span", help: "back from now: 90m, 24h, 7d (default 30d)" },
  from: { value: "time", help: "in place of it: an ISO 8601 date, or date and time" },
  to: { value: "time", help: "the end of it (default now)" },
  period: { value: "kind", help: "in place of both: day, week, month or quarter" },
  of: { value: "name", help: "which period: present, previous, or for example 2026-10" },
  zone: { value: "zone", help: "the time zone of periods (default UTC)" },
  monitor: { value: "id", help: "only this monitor" },
  group: { value: "name", help: "only this group" },
} as const;

/** `sla`: how available was it? */
export const sla: Command = {
  name: "sla",
  operands: "",
  least: 0,
  most: 0,
  summary: "show availability against its target",
  options: { ...questions, ...apiOptions },
  async run(invocation) {
    const api = findApi(invocation);
    const names = Object.keys(questions);
    const query = asInput(
      slaQuerySchema,
      Object.fromEntries(names.map((name) => [name, invocation.text(name)])),
    );
    const document = await withProgress(invocation.terminal.stderr, `Asking ${api.url}`, () =>
      api.ask((client) => client.call("getSla", { query })),
    );
    return { exitCode: 0, text: renderSla(document, invocation.paint), json: document };
  },
};

/** The table: a line for each monitor, and the total below. */
export function renderSla(document: SlaDocument, paint: Paint): string {
  const { window, monitors, total, stale } = document;
  const rows = monitors.map(({ id, overall }) => {
    const { met, budget, target } = overall;
    return [
      id,
      percentOf(overall.percent),
      `${Number((target * 100).toFixed(4))} %`,
      met === null ? paint("gray", "?") : met ? paint("green", "met") : paint("red", "missed"),
      spanOf(overall.downSeconds),
      spanOf(overall.unknownSeconds),
      spanOf(overall.excludedSeconds),
      String(overall.outages),
      budget.leftFraction === null ? "?" : `${Math.floor(budget.leftFraction * 100)} %`,
    ];
  });
  const all = total.overall;
  const sum = [
    "all",
    percentOf(all.percent),
    "",
    `${total.met} of ${total.monitors}`,
    spanOf(all.downSeconds),
    spanOf(all.unknownSeconds),
    spanOf(all.excludedSeconds),
    String(all.outages),
    "",
  ];
  const columns = [
    { head: "Monitor" },
    { head: "Available", align: "right" },
    { head: "Target", align: "right" },
    { head: "Met" },
    { head: "Down", align: "right" },
    { head: "Unknown", align: "right" },
    { head: "Planned", align: "right" },
    { head: "Outages", align: "right" },
    { head: "Budget left", align: "right" },
  ] as const;
  const late = stale ? paint("yellow", "  STALE") : "";
  return [`${window.from} to ${window.to}${late}`, "", ...table(columns, [...rows, sum])].join(
    "\n",
  );
}

function percentOf(percent: number | null): string {
  return percent === null ? "?" : `${percent} %`;
}
