/**
 * A script: everything that goes wrong in a stretch of simulated time, with targets, with us and
 * with the cron. Times are ms from the script's start, which is a full minute.
 */

/** The regions of every script, by index. */
export const regionIds = ["us-east", "us-west", "eu-west"] as const;

/** A target's trouble, as some regions see it. `slow` answers, and `flaky` answers now and then. */
export interface TargetFault {
  readonly kind: "target";
  readonly target: number;
  /** Indices of the regions from which it is seen. */
  readonly regions: readonly number[];
  readonly how: "refuse" | "hang" | "error" | "wrong" | "slow" | "flaky";
  readonly from: number;
  readonly to: number;
}

/** A region of ours that does not work. */
export interface RegionFault {
  readonly kind: "region";
  readonly region: number;
  /** One of its objects; null for all of them. */
  readonly shard: number | null;
  /**
   * `unreachable`: is not asked. `answer-lost`: probes, but the tick does not hear of it.
   * `no-network`: nothing can be reached from there, control targets neither.
   */
  readonly how: "unreachable" | "answer-lost" | "no-network";
  readonly from: number;
  readonly to: number;
}

/** A database that does not work: it is away, or it writes and its answer is lost. */
export interface DatabaseFault {
  readonly kind: "database";
  readonly how: "away" | "answer-lost";
  readonly from: number;
  readonly to: number;
}

/** A tick that does not come, comes late, comes twice, or dies some time after it began. */
export type TickFault = { readonly kind: "tick"; readonly minute: number } & (
  | { readonly how: "missing" }
  | { readonly how: "late"; readonly byMs: number }
  | { readonly how: "doubled"; readonly afterMs: number }
  /** `objects`: what the regions were doing dies with it. */
  | { readonly how: "killed"; readonly afterMs: number; readonly objects: boolean }
);

export type Fault = TargetFault | RegionFault | DatabaseFault | TickFault;

export interface Script {
  /** Of latencies and jitter. */
  readonly seed: number;
  readonly minutes: number;
  /** Seconds between checks of each target; targets are numbered from 0. */
  readonly intervals: readonly number[];
  readonly faults: readonly Fault[];
}

/** Whether a target's fault is an outage for those who see it. */
export function isFailing(fault: TargetFault): boolean {
  return fault.how !== "slow" && fault.how !== "flaky";
}

/** A target that is well and ill in turn: a fault for every time that it is ill. */
export function flapping(
  fault: Omit<TargetFault, "kind">,
  goodMs: number,
  badMs: number,
): TargetFault[] {
  const faults: TargetFault[] = [];
  for (let from = fault.from; from < fault.to; from += goodMs + badMs) {
    faults.push({ ...fault, kind: "target", from, to: Math.min(from + badMs, fault.to) });
  }
  return faults;
}

/** A script as people read it, a line for each fault, in order of time. */
export function describeScript(script: Script): string {
  const targets = script.intervals.map((seconds, target) => `target ${target} every ${seconds} s`);
  const lines = script.faults
    .map((fault) => ({ at: beginOf(fault), line: describeFault(fault) }))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => `  ${line}`);
  return [`${script.minutes} minutes, seed ${script.seed}, ${targets.join(", ")}`, ...lines].join(
    "\n",
  );
}

function beginOf(fault: Fault): number {
  return fault.kind === "tick" ? fault.minute * 60_000 : fault.from;
}

function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case "target":
      return `${spanOf(fault)}  target ${fault.target} ${targetWords[fault.how]} ${placesOf(fault.regions)}`;
    case "region": {
      const shard = fault.shard === null ? "" : `, object ${fault.shard} alone`;
      return `${spanOf(fault)}  our region ${placeOf(fault.region)} ${regionWords[fault.how]}${shard}`;
    }
    case "database":
      return `${spanOf(fault)}  the database ${databaseWords[fault.how]}`;
    case "tick":
      return `${timeOf(fault.minute * 60_000)}  the tick ${tickWords(fault)}`;
  }
}

const targetWords: Readonly<Record<TargetFault["how"], string>> = {
  refuse: "refuses connections",
  hang: "does not answer",
  error: "answers 503",
  wrong: "answers with the wrong body",
  slow: "is slow",
  flaky: "fails now and then",
};

const regionWords: Readonly<Record<RegionFault["how"], string>> = {
  unreachable: "cannot be asked",
  "answer-lost": "probes, but is not heard",
  "no-network": "reaches nothing, control targets neither",
};

const databaseWords: Readonly<Record<DatabaseFault["how"], string>> = {
  away: "does not answer",
  "answer-lost": "writes, but its answers are lost",
};

function tickWords(fault: TickFault): string {
  switch (fault.how) {
    case "missing":
      return "does not come";
    case "late":
      return `comes ${fault.byMs} ms late`;
    case "doubled":
      return `comes again after ${fault.afterMs} ms`;
    case "killed":
      return `dies after ${fault.afterMs} ms${fault.objects ? ", the regions' objects with it" : ""}`;
  }
}

function placeOf(region: number): string {
  return regionIds[region] ?? `region ${region}`;
}

function placesOf(regions: readonly number[]): string {
  if (regions.length === regionIds.length) return "everywhere";
  return `from ${regions.map(placeOf).join(" and ")}`;
}

function spanOf({ from, to }: { readonly from: number; readonly to: number }): string {
  return `${timeOf(from)}–${timeOf(to)}`;
}

/** Hours, minutes, seconds and ms from the script's start. */
export function timeOf(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const rest = ms % 1000 === 0 ? "" : `.${String(ms % 1000).padStart(3, "0")}`;
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${rest}`;
}
