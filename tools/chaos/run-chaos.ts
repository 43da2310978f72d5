/** Runs the system through the script for a time, lets it come to rest, and reads what is left. */
import { z } from "zod";
import { slaDocumentSchema } from "../../shared/contract/api/sla.ts";
import { statusDocumentSchema } from "../../shared/contract/api/status.ts";
import { randomFrom } from "../lab/random.ts";
import type { Evidence, MinuteRun } from "./evidence.ts";
import { readRecord } from "./read-record.ts";
import { drawScript, type ScriptedMinute, wordsOf } from "./script.ts";
import { searchFolder, secretsIn } from "./secrets.ts";
import { System, timeOf } from "./system.ts";

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  /** Takes what happens, a line each. */
  readonly onEvent: (line: string) => void;
}

/** What is over, at most, before everything has been told: deliveries wait between their attempts. */
const mostQuietMinutes = 240;

const tickLine = z.object({
  event: z.literal("tick"),
  rounds: z.array(
    z.object({
      outcome: z.string(),
      newResults: z.int().optional(),
      rowsRead: z.int().optional(),
      rowsWritten: z.int().optional(),
    }),
  ),
});

/** What a run of minutes is made into. */
class Run {
  readonly minutes: MinuteRun[] = [];
  readonly system: System;
  readonly lines: string[];
  readonly answers = { count: 0, secrets: 0, asked: 0, stale: 0 };
  #seen = 0;

  constructor(system: System, lines: string[]) {
    this.system = system;
    this.lines = lines;
  }

  async play({ index, cron, killAfterMs, disturbances }: ScriptedMinute): Promise<void> {
    const { system } = this;
    await system.disturb(disturbances);
    const time = timeOf(index);
    const at = new Date((time + (cron === "late" ? 37 : 0)) * 1000);
    let ended = 0;
    if (cron !== "never") {
      if (killAfterMs !== null) await system.killDuringTick(at, killAfterMs);
      const calls = cron === "twice" ? 2 : 1;
      const ticks = await Promise.all(Array.from({ length: calls }, () => system.runtime.tick(at)));
      for (const { outcome } of ticks) if (outcome === "ok") ended += 1;
      const past = this.minutes.findLast((one) => one.index < index - 1 && isWhole(one));
      if (cron === "again" && past) {
        await system.disturb([]);
        await system.runtime.tick(new Date(timeOf(past.index) * 1000));
      }
    }
    const fresh = this.lines.slice(this.#seen);
    this.#seen = this.lines.length;
    this.minutes.push({
      index,
      time,
      cron,
      killed: killAfterMs !== null,
      disturbances,
      ended,
      rounds: fresh.flatMap(roundsOf),
      arrivals: system.receiver.arrivals(),
      signsOfLife: system.receiver.signsOfLife(),
    });
  }

  /** What the public status says at a time, epoch seconds. */
  async askStatus(now: number): Promise<{ readonly stale: boolean } | null> {
    const text = await this.#ask("/api/status", now);
    return text === null ? null : statusDocumentSchema.parse(JSON.parse(text));
  }

  async askSla(from: number, to: number, now: number) {
    const iso = (time: number) => encodeURIComponent(new Date(time * 1000).toISOString());
    const text = await this.#ask(`/api/monitoring/sla?from=${iso(from)}&to=${iso(to)}`, now);
    if (text === null) throw new Error("the SLA was not answered");
    return slaDocumentSchema.parse(JSON.parse(text));
  }

  async #ask(path: string, now: number): Promise<string | null> {
    const response = await this.system.ask(path, now);
    const text = await response.text();
    this.answers.count += 1;
    this.answers.secrets += secretsIn(text);
    return response.ok ? text : null;
  }
}

/** Every object has probed: called for again, the minute has nothing new to find out. */
function isWhole({ ended, disturbances }: MinuteRun): boolean {
  return ended > 0 && disturbances.every(({ kind }) => kind !== "region-disk");
}

function roundsOf(line: string): MinuteRun["rounds"] {
  if (!line.includes('"event":"tick"')) return [];
  const parsed = tickLine.safeParse(JSON.parse(line));
  return parsed.success ? parsed.data.rounds : [];
}

/** Runs chaos; what it returns is what the laws are held against. */
export async function runChaos({ seconds, seed, onEvent }: ChaosOptions): Promise<Evidence> {
  const lines: string[] = [];
  const system = await System.start(seed, (text) => lines.push(text));
  try {
    const run = new Run(system, lines);
    const quiet = (index: number) =>
      run.play({ index, cron: "once", killAfterMs: null, disturbances: [] });
    for (let index = 0; index < 3; index += 1) await quiet(index);
    const endsAt = performance.now() + seconds * 1000;
    let last = 2;
    let before = "";
    for (const minute of drawScript(randomFrom(seed))) {
      if (performance.now() >= endsAt) break;
      const index = minute.index + 3;
      // Somebody looks when nothing has been recorded for a while.
      const known = run.minutes.findLast(({ rounds }) => rounds.some(isRecorded));
      if (known && index - known.index > 4) {
        const status = await run.askStatus(timeOf(index) - 1);
        run.answers.asked += 1;
        if (status === null || status.stale) run.answers.stale += 1;
      }
      const words = describe(minute);
      if (words !== before) onEvent(`minute ${index}: ${words === "" ? "nothing" : words}`);
      before = words;
      await run.play({ ...minute, index });
      last = index;
    }
    const restFrom = last + 1;
    onEvent(`minute ${restFrom}: at rest`);
    for (let index = restFrom; index < restFrom + mostQuietMinutes; index += 1) {
      await quiet(index);
      last = index;
      if (index > restFrom + 20 && (await isAllTold(system))) break;
    }
    const window = { from: timeOf(0), to: timeOf(last) + 60 };
    const sla = await run.askSla(window.from, window.to, window.to);
    const record = await readRecord(system.runtime);
    const { dataDir } = system;
    await system.runtime.stop();
    // Its own note of who runs on it holds the settings' token, for the owner alone.
    const files = await searchFolder(dataDir, (path) => /\.sqlite(-wal)?$/.test(path));
    return {
      minutes: run.minutes,
      restFrom,
      window,
      sla: sla.monitors,
      record,
      answers: run.answers,
      lines: { count: lines.length, secrets: lines.filter((line) => secretsIn(line) > 0).length },
      reports: {
        count: system.receiver.envelopes().length,
        secrets: system.receiver.envelopes().filter((text) => secretsIn(text) > 0).length,
      },
      exports: {
        count: system.receiver.exports().length,
        secrets: system.receiver.exports().filter((text) => secretsIn(text) > 0).length,
      },
      files,
    };
  } finally {
    await system.stop();
  }
}

function isRecorded({ outcome }: { readonly outcome: string }): boolean {
  return outcome === "recorded";
}

function describe({ cron, killAfterMs, disturbances }: ScriptedMinute): string {
  const words = disturbances.map(wordsOf);
  if (cron !== "once") words.push(`cron: ${cron}`);
  if (killAfterMs !== null) words.push(`kill -9 after ${killAfterMs} ms`);
  return words.join(", ");
}

const waitingRow = z.object({ waiting: z.int() });

async function isAllTold({ runtime }: System): Promise<boolean> {
  const { rows } = await runtime.query(
    "SELECT count(*) AS waiting FROM notifications WHERE state IN ('pending', 'leased')",
  );
  return waitingRow.parse(rows[0]).waiting === 0;
}
