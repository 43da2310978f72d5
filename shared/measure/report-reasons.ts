/** Why a report's period gives other numbers than it did. */
import type { ReportBasis } from "../contract/report.ts";
import { instant } from "../instant.ts";
import { readMaintenance, readMaintenancePage } from "../storage/maintenance.ts";
import { readOutagesOf } from "../storage/outage-measures.ts";
import { countLateDecisions, type StoredReport } from "../storage/reports.ts";
import { type InputKind, inputKinds } from "./report-basis.ts";

/** A report's basis then and now. */
export interface Bases {
  readonly was: ReportBasis;
  readonly is: ReportBasis;
  /** Whether the stored document has the digest that it was stored with. */
  readonly intact: boolean;
}

/** The reasons, a sentence each; at least one. */
export async function reasonsOf(
  db: D1Database,
  report: StoredReport,
  { was, is, intact }: Bases,
): Promise<string[]> {
  const changed = inputKinds.filter((kind) => was.inputs[kind] !== is.inputs[kind]);
  const told = await Promise.all(changed.map((kind) => explain[kind](db, report)));
  const reasons = [
    ...(intact ? [] : ["the stored document was altered: it does not have its digest any more"]),
    ...(was.software === is.software
      ? []
      : [`computed by version ${was.software} then, by version ${is.software} now`]),
    ...told,
  ];
  return reasons.length > 0 ? reasons : ["the same inputs are computed in another way now"];
}

type Explain = (db: D1Database, report: StoredReport) => Promise<string>;

const always =
  (sentence: string): Explain =>
  async () =>
    sentence;

const explain: Readonly<Record<InputKind, Explain>> = {
  exclusions: async (db, { madeAt, period }) => {
    const [planning, newest] = await Promise.all([
      readMaintenance(db, period),
      // What was withdrawn plans nothing any more: it is found among the newest.
      readMaintenancePage(db, null, 100),
    ]);
    const declared = planning
      .filter(({ createdAt }) => createdAt > madeAt)
      .map(({ name, createdAt }) => `${name}, declared at ${instant(createdAt)}`);
    const withdrawn = newest.flatMap(({ name, withdrawnAt }) =>
      withdrawnAt !== null && withdrawnAt > madeAt
        ? [`${name}, withdrawn at ${instant(withdrawnAt)}`]
        : [],
    );
    const which = [...declared, ...withdrawn].join("; ");
    return `excluded time is another one than it was${which === "" ? "" : `: ${which}`}`;
  },
  transitions: async (db, report) => {
    const late = await countLateDecisions(db, report.period, report.madeAt);
    return late > 0
      ? `${late} changes of status in the period were decided after the report was made`
      : "changes of status in the period are other ones than they were";
  },
  coverage: always(
    "rounds of the period were recorded after the report was made, or their record is gone",
  ),
  outages: async (db, report) => {
    const outages = await readOutagesOf(db, report.period);
    const marked = outages.filter(({ falseAlarmAt }) => (falseAlarmAt ?? 0) > report.madeAt);
    const late = outages.filter(({ detectedAt }) => detectedAt > report.madeAt);
    const said = [
      ...(marked.length > 0
        ? [`marked as false alarms since: ${marked.map(({ number }) => `#${number}`).join(", ")}`]
        : []),
      ...(late.length > 0
        ? [`found since: ${late.map(({ number }) => `#${number}`).join(", ")}`]
        : []),
    ];
    return `outages are other ones than they were${said.length > 0 ? ` (${said.join("; ")})` : ""}`;
  },
  incidents: always("what people handled in the period, or said of it since, is not what it was"),
  responses: always(
    "results of the period came in or were rolled up after the report was made, or rollups are gone",
  ),
  metrics: always(
    "metrics of the period came in or were rolled up after the report was made, or rollups are gone",
  ),
  healthScores: always("health scores of the period are other ones than they were"),
};
