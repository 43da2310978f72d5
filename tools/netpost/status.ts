import type { HandledDocument } from "../../shared/contract/api/incident-handling.ts";
import type { MonitorDocument } from "../../shared/contract/api/monitors.ts";
import type { Paint } from "../config/paint.ts";
import { apiOptions, findApi } from "./api-client.ts";
import type { Command } from "./command.ts";
import { sinceOf } from "./duration.ts";
import { withProgress } from "./progress.ts";
import { colours } from "./status-colours.ts";
import { table } from "./table.ts";

/** What `status` shows. */
export type Shown = {
  readonly asOf: string | null;
  readonly stale: boolean;
  readonly monitors: readonly MonitorDocument[];
  readonly incidents: readonly HandledDocument[];
};

/** `status`: how is everything? */
export const status: Command = {
  name: "status",
  operands: "",
  least: 0,
  most: 0,
  summary: "show every monitor's status, and the open incidents",
  options: apiOptions,
  async run(invocation) {
    const api = findApi(invocation);
    const { stderr } = invocation.terminal;
    const shown = await withProgress(stderr, `Asking ${api.url}`, () =>
      api.ask(async (client): Promise<Shown> => {
        const { asOf, stale, monitors } = await client.call("listMonitors");
        const query = { state: "open", limit: 100 } as const;
        const { incidents } = await client.call("listIncidents", { query });
        return { asOf, stale, monitors, incidents };
      }),
    );
    return { exitCode: 0, text: renderStatus(shown, Date.now(), invocation.paint), json: shown };
  },
};

/** Worst first. */
const order = ["down", "degraded", "unknown", "up"] as const;

/** The table; what is worst comes first in its group. */
export function renderStatus(
  { asOf, stale, monitors, incidents }: Shown,
  nowMs: number,
  paint: Paint,
): string {
  if (monitors.length === 0) return "Nothing is monitored yet: npm run netpost -- apply.";
  const age = asOf === null ? "nothing is known yet" : `as of ${sinceOf(asOf, nowMs)} ago`;
  const counts = order.flatMap((each) => {
    const count = monitors.filter((monitor) => monitor.status === each).length;
    return count > 0 ? [paint(colours[each], `${count} ${each}`)] : [];
  });
  const late = stale ? paint("yellow", "  STALE: no round was recorded for two minutes") : "";
  const regions = [...new Set(monitors.flatMap((monitor) => Object.keys(monitor.regions)))];
  const groups = [...new Set(monitors.map(({ group }) => group))];
  // One table for all groups, so that columns stand below each other.
  const laidOut = groups.flatMap((group) => {
    const members = monitors.filter((monitor) => monitor.group === group);
    const sorted = members.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
    return sorted.map((monitor) => ({ group, row: rowOf(monitor, regions, nowMs, paint) }));
  });
  const columns = [
    { head: " " },
    { head: "Monitor" },
    { head: "Status" },
    { head: "For", align: "right" },
    ...regions.map((head) => ({ head, align: "right" }) as const),
    { head: "Why" },
  ] as const;
  const [head = "", ...lines] = table(
    columns,
    laidOut.map(({ row }) => row),
  );
  const grouped = groups.flatMap((group) => [
    "",
    paint("bold", group),
    ...lines.filter((_, index) => laidOut[index]?.group === group),
  ]);
  const open = incidents.map((incident) => incidentLine(incident, nowMs, paint));
  return [
    `${counts.join(", ")}  (${age})${late}`,
    "",
    head,
    ...grouped.slice(1),
    ...(open.length > 0 ? ["", paint("bold", "Open incidents"), ...open] : []),
  ].join("\n");
}

function rowOf(
  monitor: MonitorDocument,
  regions: readonly string[],
  nowMs: number,
  paint: Paint,
): string[] {
  const colour = colours[monitor.status];
  const { status: present, regional, cause, unknownReason } = monitor;
  return [
    paint(colour, present === "unknown" ? "?" : "●"),
    monitor.id,
    paint(colour, regional ? `${present}, regional` : present),
    sinceOf(monitor.since, nowMs),
    ...regions.map((region) => regionCell(monitor.regions[region], paint)),
    shortened(cause?.detail ?? unknownReason ?? ""),
  ];
}

function regionCell(region: MonitorDocument["regions"][string] | undefined, paint: Paint): string {
  if (region === undefined) return "";
  const latency = region.latest?.latencyMs ?? null;
  const shown = region.status === "up" && latency !== null ? `${latency} ms` : region.status;
  return paint(colours[region.status], shown);
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function incidentLine(incident: HandledDocument, nowMs: number, paint: Paint): string {
  const { number, title, severity, priority, startedAt, acknowledged } = incident;
  const who =
    acknowledged === null ? paint("yellow", "not acknowledged") : `${acknowledged.by} has it`;
  const colour = severity === "critical" ? "red" : "yellow";
  return `  #${number}  ${priority}  ${paint(colour, title)}  for ${sinceOf(startedAt, nowMs)}, ${who}`;
}
