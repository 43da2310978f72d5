import { table } from "../lab/simulation/report.ts";
import type { HangFigures, HangTick } from "./hang-bench.ts";

/** One line for each promise, and whether it was kept. */
export function promisesOfHang(
  figures: HangFigures,
): readonly { readonly promise: string; readonly seen: string; readonly kept: boolean }[] {
  const { monitors, healthy, hanging, recovered } = figures;
  const ticks = [healthy, ...hanging, recovered];
  const worst = Math.max(...ticks.map(({ wholeSeconds }) => wholeSeconds));
  const opened = hanging.findIndex(({ open }) => open === monitors) + 1;
  const expected = monitors * figures.regions;
  const lacking = ticks.map(({ results }) => expected - results).filter((lack) => lack !== 0);
  return [
    {
      promise: "every tick ends within its minute",
      seen: `the slowest took ${worst.toFixed(1)} s`,
      kept: worst < 60,
    },
    {
      promise: "every region's object has results of all its monitors",
      seen: lacking.length === 0 ? "in every tick" : `lacking in ticks: ${lacking.join(", ")}`,
      kept: lacking.length === 0,
    },
    {
      promise: "every monitor has an outage within two ticks",
      seen: opened === 0 ? "not all of them" : `all in tick ${opened}`,
      kept: opened > 0 && opened <= 2,
    },
    {
      promise: "no outage is left a tick after the targets answer again",
      seen: `${recovered.open} open`,
      kept: recovered.open === 0,
    },
  ];
}

/** Prints what each tick came to, and whether the promises were kept, which is also returned. */
export function printHang(figures: HangFigures): boolean {
  const { monitors, regions, shards, healthy, hanging, recovered } = figures;
  const row = (name: string, tick: HangTick) => [
    ...[name, `${tick.wholeSeconds.toFixed(1)} s`, tick.results, tick.down, tick.faults, tick.open],
  ];
  const ticks = [
    { name: "all well", tick: healthy },
    ...hanging.map((tick, index) => ({ name: `all hang, tick ${index + 1}`, tick })),
    { name: "all well again", tick: recovered },
  ];
  console.log(
    `\n${monitors} monitors × ${regions} regions, ${shards} objects in each, every target hangs`,
  );
  const lines = table([
    ["", "took", "results", "down", "faults of ours", "open outages"],
    ...ticks.map(({ name, tick }) => row(name, tick)),
  ]);
  for (const line of lines) console.log(`  ${line}`);
  for (const [index, { others }] of hanging.entries()) {
    if (others.length > 0) console.log(`  tick ${index + 1} not down: ${others.join(", ")}`);
  }
  const promises = promisesOfHang(figures);
  for (const { promise, seen, kept } of promises) {
    console.log(`  ${kept ? "kept  " : "BROKEN"}  ${promise}: ${seen}`);
  }
  return promises.every(({ kept }) => kept);
}
