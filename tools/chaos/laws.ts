/** The laws of the design, each held against what a run of chaos left behind. */

import { accountOf, changesOf } from "./account.ts";
import type { Evidence, Judgement, MinuteRun } from "./evidence.ts";
import { type Path, paths, type Region, regions, truthOf } from "./script.ts";
import { planted } from "./secrets.ts";

/** Judges all of them. */
export function judge(evidence: Evidence): Judgement[] {
  return [
    faultsOfOurs(evidence),
    results(evidence),
    changes(evidence),
    notifications(evidence),
    silence(evidence),
    secrets(evidence),
    missingData(evidence),
    cost(evidence),
  ];
}

function judgement(
  law: number,
  title: string,
  evidence: string,
  broken: readonly string[],
): Judgement {
  return { law, title, kept: broken.length === 0, evidence, broken };
}

function faultsOfOurs({ minutes, record }: Evidence): Judgement {
  const at = new Map(minutes.map((minute) => [minute.time, minute]));
  const broken: string[] = [];
  let seenDown = 0;
  let unknown = 0;
  for (const { time, path, region, outcome } of record.results) {
    const minute = at.get(time);
    const known = paths.find((one): one is Path => one === path);
    const from = regions.find((one): one is Region => one === region);
    if (!minute || !known || !from) {
      broken.push(`${time} ${path} ${region}: nobody asked for it`);
      continue;
    }
    const truth = truthOf(minute.disturbances, known, from) ?? "unknown";
    if (outcome === "down") seenDown += 1;
    if (outcome === "unknown") unknown += 1;
    if (outcome !== truth) {
      broken.push(`minute ${minute.index}, ${path} from ${region}: ${outcome}, in truth ${truth}`);
    }
  }
  const asTruth = record.results.length - broken.length;
  const figures = `${asTruth} of ${record.results.length} results say what was so: ${seenDown} down, ${unknown} unknown for a fault of ours`;
  return judgement(1, "a fault of ours is never a target's downtime", figures, broken);
}

/** The probes that a minute must have left, each once. */
function expectedIn({ ended, cron, disturbances, time }: MinuteRun): string[] {
  if (cron === "never" || ended === 0) return [];
  const seeing = regions.filter(
    (region) => !disturbances.some((one) => one.kind === "region-disk" && one.region === region),
  );
  return paths.flatMap((path) => seeing.map((region) => `${time} ${path} ${region}`));
}

function results({ minutes, record }: Evidence): Judgement {
  const expected = new Set(minutes.flatMap(expectedIn));
  const there = record.results.map(({ time, path, region }) => `${time} ${path} ${region}`);
  const found = new Set(there);
  const lost = [...expected].filter((one) => !found.has(one));
  const extra = there.filter((one) => !expected.has(one));
  const { counted, there: inHours } = record.rolledUp;
  const broken = [
    ...lost.map((one) => `lost: ${one}`),
    ...extra.map((one) => `nobody asked for it: ${one}`),
    ...(there.length === found.size ? [] : ["some results are there twice"]),
    ...(counted === inHours ? [] : [`rollups count ${counted} of ${inHours} results`]),
    ...(record.dropped === 0 ? [] : [`${record.dropped} rounds were dropped`]),
  ];
  const kills = minutes.filter(({ killed }) => killed).length;
  const figures = `${expected.size} results expected, ${lost.length} lost, ${extra.length} too many; rollups count ${counted} of ${inHours}; ${kills} kills`;
  return judgement(2, "no result is lost, none counted twice", figures, broken);
}

function changes({ record }: Evidence): Judgement {
  const account = accountOf(record.results);
  const broken: string[] = [];
  let count = 0;
  for (const path of paths) {
    const wanted = changesOf(account.get(path) ?? new Map());
    const stored = record.transitions
      .filter((one) => one.path === path)
      .map(({ at, to }) => `${at} ${to}`);
    count += wanted.length;
    for (const one of wanted) if (!stored.includes(one)) broken.push(`${path} missed: ${one}`);
    for (const one of stored) if (!wanted.includes(one)) broken.push(`${path} extra: ${one}`);
    if (new Set(stored).size !== stored.length) broken.push(`${path}: a change is there twice`);
  }
  const figures = `${count} changes of overall status by a plain account of the results, ${record.transitions.length} recorded`;
  return judgement(3, "no change of status is missed or doubled", figures, broken);
}

function notifications({ minutes, record }: Evidence): Judgement {
  const taken = minutes.flatMap((minute) =>
    minute.arrivals.filter(({ wasTaken }) => wasTaken).map(({ key }) => ({ key, minute })),
  );
  const known = new Set(record.notifications.map(({ id }) => id));
  const byKey = Map.groupBy(taken, ({ key }) => key);
  const repeated = [...byKey.values()].filter((list) => list.length > 1);
  const unexplained = repeated.filter((list) => !list.some(({ minute }) => minute.killed));
  const sent = record.notifications.filter(({ state }) => state === "sent");
  const told = new Set(
    record.notifications.filter(({ state }) => state !== "dead").map(({ incident }) => incident),
  );
  const untold = record.outages.filter(({ monitor, startedAt }) => {
    const handled = record.handledAs.get(`outage/${monitor}/${startedAt}`);
    return handled === undefined || !told.has(handled);
  });
  const broken = [
    ...sent.filter(({ id }) => !byKey.has(id)).map(({ id }) => `sent, but never came: ${id}`),
    ...[...byKey.keys()].filter((key) => !known.has(key)).map((key) => `nobody decided: ${key}`),
    ...unexplained.map(([first]) => `came twice without a kill: ${first?.key}`),
    ...record.notifications
      .filter(({ state }) => state !== "sent" && state !== "superseded")
      .map(({ id, state }) => `${state}: ${id}`),
    ...untold.map(({ monitor, startedAt }) => `nobody was told: ${monitor} at ${startedAt}`),
  ];
  const refused = minutes.flatMap(({ arrivals }) => arrivals).length - taken.length;
  const folded = record.notifications.length - sent.length;
  const figures = `${record.outages.length} outages told in ${sent.length} messages, ${folded} folded into newer ones; ${refused} attempts refused, ${repeated.length} came twice under one key`;
  return judgement(
    4,
    "what is due is told at least once, and once in the ordinary case",
    figures,
    broken,
  );
}

function silence({ minutes, answers, record }: Evidence): Judgement {
  const broken: string[] = [];
  let alive = 0;
  let withheld = 0;
  for (const { index, rounds, signsOfLife, killed, ended } of minutes) {
    const recorded = rounds.filter(({ outcome }) => outcome === "recorded").length;
    if (signsOfLife > 0) alive += 1;
    else withheld += 1;
    if (recorded === 0 && signsOfLife > 0 && !killed) broken.push(`minute ${index}: false life`);
    if (recorded > 0 && ended > 0 && signsOfLife === 0) broken.push(`minute ${index}: no life`);
  }
  if (answers.stale < answers.asked) {
    broken.push(`the status was not stale ${answers.asked - answers.stale} times`);
  }
  const isTold = record.rulesFired.includes("missed-ticks");
  if (mostMissed(minutes) >= 3 && !isTold) broken.push("nobody was told of minutes without a tick");
  const figures = `${isTold ? "missed-ticks was told; " : ""}signs of life in ${alive} minutes and none in the ${withheld} that were not recorded; status stale ${answers.stale} of ${answers.asked} times when nothing was recorded lately`;
  return judgement(5, "silence is noticed", figures, broken);
}

/** Of any hour, as many minutes as had no tick at most; minutes that a jump left out count. */
function mostMissed(minutes: readonly MinuteRun[]): number {
  const ticked = new Set(minutes.filter(({ ended }) => ended > 0).map(({ index }) => index));
  const last = minutes.at(-1)?.index ?? 0;
  let most = 0;
  for (let from = 0; from + 60 <= last; from += 1) {
    const hour = Array.from({ length: 60 }, (_, at) => from + at);
    most = Math.max(most, hour.filter((index) => !ticked.has(index)).length);
  }
  return most;
}

function secrets({ lines, answers, reports, exports, files }: Evidence): Judgement {
  const broken = [
    ...(lines.secrets === 0 ? [] : [`${lines.secrets} log lines`]),
    ...(answers.secrets === 0 ? [] : [`${answers.secrets} answers`]),
    ...(reports.secrets === 0 ? [] : [`${reports.secrets} error reports`]),
    ...(exports.secrets === 0 ? [] : [`${exports.secrets} exports`]),
    ...(exports.count > 0 ? [] : ["no service was told anything"]),
    ...files.found,
  ];
  const { length: count } = Object.keys(planted);
  const figures = `${count} planted secrets in none of ${lines.count} log lines, ${answers.count} answers, ${reports.count} error reports, ${exports.count} exports, ${files.files} database files`;
  return judgement(6, "no secret leaves", figures, broken);
}

function missingData({ record, sla, window }: Evidence): Judgement {
  const account = accountOf(record.results);
  const broken: string[] = [];
  let unknown = 0;
  let down = 0;
  const all = (window.to - window.from) / 60;
  for (const path of paths) {
    const minutes = account.get(path) ?? new Map();
    const count = (outcome: string) =>
      [...minutes.values()].filter((one) => one === outcome).length;
    const wanted = { down: count("down"), unknown: all - minutes.size + count("unknown") };
    const served = sla.find(({ name }) => name === path)?.overall;
    const got = {
      down: (served?.downSeconds ?? -60) / 60,
      unknown: (served?.unknownSeconds ?? -60) / 60,
    };
    unknown += wanted.unknown;
    down += wanted.down;
    for (const kind of ["down", "unknown"] as const) {
      if (got[kind] !== wanted[kind])
        broken.push(`${path}: ${got[kind]} minutes ${kind} served, ${wanted[kind]} in truth`);
    }
  }
  const figures = `of ${all * paths.length} monitor minutes ${down} down and ${unknown} unknown, as the SLA says to the second`;
  return judgement(7, "missing data is neither up nor down", figures, broken);
}

/** A round that only records: its rows are one for each result, each region, and the ledger. */
const mostRowsPerResult = 2;

function cost({ minutes, restFrom }: Evidence): Judgement {
  const rounds = minutes.flatMap((minute) => minute.rounds);
  const sum = (pick: (round: (typeof rounds)[number]) => number | undefined) =>
    rounds.reduce((total, round) => total + (pick(round) ?? 0), 0);
  const written = sum(({ rowsWritten }) => rowsWritten) / sum(({ newResults }) => newResults);
  const read = (list: readonly MinuteRun[]) =>
    list.flatMap((minute) => minute.rounds.map(({ rowsRead }) => rowsRead ?? 0)).at(-1) ?? 0;
  const first = read(minutes.slice(0, 2));
  const last = read(minutes.filter(({ index }) => index >= restFrom));
  const broken = [
    ...(written <= mostRowsPerResult ? [] : [`${written.toFixed(2)} rows written a result`]),
    ...(last <= first ? [] : [`a quiet round reads ${last} rows, at first ${first}`]),
  ];
  const figures = `${written.toFixed(2)} rows written a result, changes of status and all; a quiet round reads ${last} rows, at first ${first}`;
  return judgement(8, "the cost of a check is flat", figures, broken);
}
