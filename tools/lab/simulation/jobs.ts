/** NetPost's own jobs on a simulated clock: what they do, what of it is heard, and what is true. */
import type { Pings } from "../../../shared/domain/heartbeat.ts";
import type { Span } from "../../../shared/domain/span.ts";
import { randomFrom } from "../random.ts";

/** A job that calls in when it starts and when it has finished. Times are seconds. */
export interface Job {
  readonly id: string;
  readonly timetable: { readonly every: number } | { readonly cron: string };
  /** Between two runs. */
  readonly period: number;
  readonly grace: number;
  readonly maxRun: number | null;
}

/** One of each timetable, with and without a bound on its runs. */
export const jobs: readonly Job[] = [
  { id: "sync", timetable: { every: 300 }, period: 300, grace: 120, maxRun: 150 },
  { id: "report", timetable: { every: 3_600 }, period: 3_600, grace: 600, maxRun: null },
  { id: "clean-up", timetable: { cron: "*/15 * * * *" }, period: 900, grace: 180, maxRun: 400 },
];

/** What goes wrong in a day, s from its beginning. */
export interface JobDay {
  readonly seed: number;
  /** By job: runs that begin then fail, do not happen, begin late, or take too long. */
  readonly faults: readonly (readonly JobFault[])[];
  /** The door is shut: the api Worker or the database is away, and a ping is not taken. */
  readonly door: readonly Span[];
  /** Minutes whose tick does not come. */
  readonly missingTicks: ReadonlySet<number>;
}

export interface JobFault extends Span {
  readonly how: "fails" | "missing" | "late" | "overlong";
  /** Of `late` and `overlong`: how much. */
  readonly bySeconds: number;
}

export const daySeconds = 86_400;

/** A run as it was, heard or not. */
export interface JobRun {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly ok: boolean;
}

/** Draws a day with trouble of every kind; the same seed, the same day. */
export function drawJobDay(seed: number): JobDay {
  const draw = randomFrom(seed ^ 0x10b5);
  const whole = (least: number, most: number) => least + Math.floor(draw() * (most - least + 1));
  const spans = (most: number, longest: number): Span[] =>
    Array.from({ length: whole(0, most) }, () => {
      const from = whole(0, daySeconds);
      return { from, to: from + whole(1, longest) };
    });
  const hows = ["fails", "missing", "late", "overlong"] as const;
  const faults = jobs.map((job) =>
    hows.flatMap((how) =>
      spans(3, 4 * job.period).map((span): JobFault => {
        return { how, ...span, bySeconds: whole(1, job.period) };
      }),
    ),
  );
  const missingTicks = new Set(Array.from({ length: whole(0, 8) }, () => whole(0, 1_439)));
  return { seed, faults, door: spans(3, 1_800), missingTicks };
}

/** What a job does in a day. A run that is due while another goes on does not begin. */
export function runsOf(day: JobDay, place: number): JobRun[] {
  const job = jobs[place];
  if (job === undefined) throw new RangeError(`no job ${place}`);
  const draw = randomFrom(day.seed * 31 + place);
  const faults = day.faults[place] ?? [];
  const runs: JobRun[] = [];
  for (let due = job.period; due < daySeconds; due += job.period) {
    const [jitter, length] = [Math.floor(draw() * 15), 5 + Math.floor(draw() * 55)];
    const fault = (how: JobFault["how"]) =>
      faults.find((one) => one.how === how && due >= one.from && due < one.to);
    if (fault("missing")) continue;
    const startedAt = due + jitter + (fault("late")?.bySeconds ?? 0);
    const last = runs.at(-1);
    if (last !== undefined && startedAt <= last.endedAt) continue;
    const endedAt = startedAt + length + (fault("overlong")?.bySeconds ?? 0);
    runs.push({ startedAt, endedAt, ok: fault("fails") === undefined });
  }
  return runs;
}

/** When a job was not as it should be, told from what it did and not from what was heard. */
export function badSpans(job: Job, runs: readonly JobRun[]): Span[] {
  const spans: Span[] = [];
  let next = 0;
  for (let second = 0; second < daySeconds; second += 1) {
    while ((runs[next]?.startedAt ?? daySeconds) <= second) next += 1;
    // Runs do not overlap: the one that began last and the one before it tell all.
    if (!isBad(job, runs.slice(Math.max(0, next - 2), next), second)) continue;
    const last = spans.at(-1);
    if (last?.to === second) spans[spans.length - 1] = { ...last, to: second + 1 };
    else spans.push({ from: second, to: second + 1 });
  }
  return spans;
}

/** Whether a job is not as it should be at a time. */
export function isBad(job: Job, runs: readonly JobRun[], at: number): boolean {
  const finished = runs.findLast(({ endedAt }) => endedAt <= at);
  const running = runs.findLast(({ startedAt, endedAt }) => startedAt <= at && at < endedAt);
  const bounded = job.maxRun !== null && running !== undefined ? running : null;
  if (bounded !== null && job.maxRun !== null && at > bounded.startedAt + job.maxRun) return true;
  if (finished !== undefined && !finished.ok) return true;
  const latest = dueAfter(job, finished?.endedAt ?? 0) + job.grace;
  return at > latest && !(bounded !== null && bounded.startedAt <= latest);
}

/** A finish a few seconds before a time of the crontab is that time's. */
function dueAfter({ timetable, period }: Job, finish: number): number {
  if ("every" in timetable) return finish + timetable.every;
  return (Math.floor((finish + 5) / period) + 1) * period;
}

/** One ping, as the job sends it. */
export interface JobPing {
  readonly at: number;
  readonly signal: "start" | "success" | "failure";
}

/** A job's pings, in order of time. */
export function pingsOf(runs: readonly JobRun[]): JobPing[] {
  return runs.flatMap(({ startedAt, endedAt, ok }): JobPing[] => [
    { at: startedAt, signal: "start" },
    { at: endedAt, signal: ok ? "success" : "failure" },
  ]);
}

/** What is remembered of a job after a ping: shared/storage/heartbeats.ts, without names of runs. */
export function afterPing(pings: Pings, { signal }: JobPing, at: number): Pings {
  switch (signal) {
    case "start":
      return { ...pings, startedAt: at, runningSince: at };
    case "success":
      return { ...pings, succeededAt: at, failing: false, runningSince: null };
    case "failure":
      return { ...pings, failedAt: at, exitStatus: 1, failing: true, runningSince: null };
  }
}
