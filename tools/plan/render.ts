import type { Assessment } from "./assess.ts";
import { assumptions } from "./assumptions.ts";
import type { Case } from "./load.ts";
import { type Billed, baseDollars, type PlanName, planNames } from "./platform.ts";
import type { StoredBytes } from "./upkeep.ts";
import type { LimitVerdict } from "./verdicts.ts";

/** An assessment as people read it. */
export function renderText(assessment: Assessment): string {
  const { monitors, regions, shards, loads } = assessment;
  const { typical, worst } = loads;
  const objects = `${shards} object${shards === 1 ? "" : "s"} in each`;
  return [
    `${monitors} monitors, ${regions} regions, ${objects}: ${number(typical.day.results)} results a day.`,
    `A tick takes ${seconds(typical.tick.wallMs)}, ${seconds(worst.tick.wallMs)} when every target times out.`,
    outsideLine(assessment.outside),
    storedLine(typical.storedBytes),
    ...planNames.flatMap((name) => ["", ...planLines(assessment, name)]),
    "",
    ...costLines(assessment),
    "",
    "Taken as given (tools/plan/assumptions.ts):",
    `  ${assumptions.cpuMsPerAttempt} ms of CPU an attempt, ${assumptions.answerMs} ms for an answer, ${assumptions.bytesPerResult} bytes a result (${assumptions.bytesPerFailedResult} when it failed), ${assumptions.bytesPerRollup} a rollup.`,
    "  Typical: targets answer at once. Worst: all of them time out, at every attempt, all day.",
    "  Rows written are those of rollups too, and of what the retention deletes: D1 counts both.",
    "  Services outside: typical all take what they are told; worst all fail, and so do our own parts.",
    "  With heartbeats the door is asked for every round, as with API_URL.",
    "  Readers of the API, pings of jobs, metrics and reports are not counted.",
  ].join("\n");
}

function outsideLine({ exporters, statusPages, sentry, deadMan, usage }: Assessment["outside"]) {
  const told = [
    ...exporters,
    ...statusPages,
    ...(sentry === null ? [] : [`Sentry${sentry.checkIns ? " with check-ins" : ""}`]),
    ...(deadMan ? ["a dead-man watch"] : []),
  ];
  const words = told.length === 0 ? "nobody, by the settings given" : told.join(", ");
  return `Told outside: ${words}.${usage ? " Each tick notes what it took." : ""}`;
}

function storedLine({ results, hours, days, retention }: StoredBytes): string {
  const parts = [
    `${amount(results)} bytes of results (${retention.rawDays} days)`,
    `${amount(hours)} of hours (${retention.hourDays} days)`,
    `${amount(days)} of days (${retention.dayDays} days)`,
  ];
  return `Stored once the retention is reached: ${parts.join(", ")}.`;
}

function planLines({ limits }: Assessment, name: PlanName): string[] {
  const verdicts = limits[name];
  const names = [...new Set(verdicts.map(({ limit }) => limit))];
  const width = Math.max(...names.map(({ length }) => length));
  const lines = names.map((limit) => {
    const cell = (which: Case) => {
      const found = verdicts.find((verdict) => verdict.limit === limit && verdict.case === which);
      return found ? `${amount(found.used).padStart(9)} ${shareOf(found)}` : "";
    };
    const allowed = verdicts.find((verdict) => verdict.limit === limit)?.allowed ?? 0;
    return `  ${limit.padEnd(width)}${amount(allowed).padStart(10)}${cell("typical")}${cell("worst")}`;
  });
  const title = `${name === "free" ? "Free" : "Paid"} plan`;
  const heading = `${title.padEnd(width + 2)}${"limit".padStart(10)}${"typical".padStart(24)}${"worst".padStart(24)}`;
  return [heading, ...lines, ...adviceLines(verdicts)];
}

function shareOf({ share, state }: LimitVerdict): string {
  const percent = `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  const word = state === "ok" ? "ok" : state.toUpperCase();
  return `${percent.padStart(5)} ${word}`.padEnd(14);
}

function adviceLines(verdicts: readonly LimitVerdict[]): string[] {
  return verdicts.flatMap((verdict) =>
    verdict.advice === null ? [] : [`  ! ${describeVerdict(verdict)}`],
  );
}

/** A limit that is exceeded or near, in one line: which, by how much, and what to change. */
export function describeVerdict(verdict: LimitVerdict): string {
  const { limit, case: which, used, allowed, state, advice } = verdict;
  const relation = state === "exceeded" ? "is over" : "comes near";
  const numbers = `${amount(used)} ${relation} the limit of ${amount(allowed)}`;
  return `${limit}, ${which}: ${numbers}. Change: ${advice}.`;
}

const words: Readonly<Record<Billed, string>> = {
  workerRequests: "Worker requests",
  cpuMs: "CPU ms",
  objectRequests: "Durable Object requests",
  objectGigabyteSeconds: "Durable Object GB-s",
  objectRowsWritten: "Durable Object rows written",
  objectRowsRead: "Durable Object rows read",
  d1RowsWritten: "D1 rows written",
  d1RowsRead: "D1 rows read",
  d1Bytes: "D1 bytes, kept as configured",
};

function costLines({ costs }: Assessment): string[] {
  const width = Math.max(...Object.values(words).map(({ length }) => length));
  const lines = costs.typical.items.map(({ what, used, included, dollars }, index) => {
    const worst = costs.worst.items[index];
    const cells = [
      amount(included).padStart(10),
      amount(used).padStart(12),
      money(dollars).padStart(10),
      amount(worst?.used ?? 0).padStart(12),
      money(worst?.dollars ?? 0).padStart(10),
    ];
    return `  ${words[what].padEnd(width)}${cells.join("")}`;
  });
  const heading = `${"A month, paid plan".padEnd(width + 2)}${"included".padStart(10)}${"typical".padStart(12)}${"".padStart(10)}${"worst".padStart(12)}`;
  const total = `  ${`With the plan's ${money(baseDollars)}`.padEnd(width)}${"".padStart(22)}${money(costs.typical.total).padStart(10)}${"".padStart(12)}${money(costs.worst.total).padStart(10)}`;
  return [heading, ...lines, total];
}

/** A number as short as it can be read: 1,234; 12.3 k; 4.56 M. */
export function amount(value: number): string {
  if (value >= 1_000_000_000) return `${short(value / 1_000_000_000)} G`;
  if (value >= 1_000_000) return `${short(value / 1_000_000)} M`;
  if (value >= 10_000) return `${short(value / 1_000)} k`;
  return number(value >= 100 ? Math.round(value) : Math.round(value * 10) / 10);
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, "");
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function money(dollars: number): string {
  return `$${dollars.toFixed(2)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
