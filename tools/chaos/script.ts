/**
 * What is done to the system, minute by minute: drawn from a seed, so that a run that breaks a law
 * can be run again. Which probes have to fail follows from it, and nothing else says so.
 */
import type { FaultInput } from "../stand-in/index.ts";

export const regions = ["us-east", "us-west", "eu-west"] as const;
export type Region = (typeof regions)[number];

export const paths = ["/api/health", "/api/feed", "/api/posts", "/"] as const;
export type Path = (typeof paths)[number];

/** What a target says that answers wrongly. */
export const wrongBody = "nothing like it";

/** How a target fails. */
export const targetFaults = ["status", "reset", "hang", "wrong-body"] as const;
/** How the database fails: its file locked by another process, or a table gone. */
export const databaseFaults = ["locked", "broken"] as const;
/** How the receiver of alerts answers. */
export const receiverFaults = ["500", "429", "hang", "reset"] as const;

export type Disturbance =
  | {
      readonly kind: "target";
      readonly how: (typeof targetFaults)[number];
      readonly path: Path;
      /** Null: seen from everywhere. */
      readonly region: Region | null;
    }
  /** A region's network: it reaches neither targets nor controls. */
  | { readonly kind: "region-network"; readonly region: Region }
  /** A region's object cannot write to its disk. */
  | { readonly kind: "region-disk"; readonly region: Region }
  | { readonly kind: "database"; readonly how: (typeof databaseFaults)[number] }
  | { readonly kind: "receiver"; readonly how: (typeof receiverFaults)[number] };

/** How the cron calls in a minute. */
export type Cron =
  | "once"
  /** Two calls at once. */
  | "twice"
  /** Half a minute late. */
  | "late"
  /** Not at all: the minute has no tick. */
  | "never"
  /** Once, and then a call for a minute that is over, as if the clock had jumped back. */
  | "again";

export interface ScriptedMinute {
  /** Counted from 0; what is skipped by a jump of the clock is not there. */
  readonly index: number;
  readonly cron: Cron;
  /** workerd is killed so long after the tick began, ms; null: it is not. */
  readonly killAfterMs: number | null;
  readonly disturbances: readonly Disturbance[];
}

const longestMinutes = 4;

/** Draws minutes without end. */
export function* drawScript(random: () => number): Generator<ScriptedMinute, never> {
  const pick = <T>(list: readonly T[]): T => {
    const one = list[Math.floor(random() * list.length)];
    if (one === undefined) throw new RangeError("nothing to pick from");
    return one;
  };
  const draw: readonly (() => Disturbance)[] = [
    () => ({ kind: "target", how: pick(targetFaults), path: pick(paths), region: null }),
    () => ({ kind: "target", how: pick(targetFaults), path: pick(paths), region: pick(regions) }),
    () => ({ kind: "region-network", region: pick(regions) }),
    () => ({ kind: "region-disk", region: pick(regions) }),
    () => ({ kind: "database", how: pick(databaseFaults) }),
    () => ({ kind: "receiver", how: pick(receiverFaults) }),
  ];
  let under: { readonly disturbance: Disturbance; readonly until: number }[] = [];
  let index = 0;
  let neverUntil = 0;
  for (;;) {
    // A clock that jumps ahead: minutes that never were.
    if (index > 0 && random() < 0.02) index += 2 + Math.floor(random() * 8);
    const at = index;
    under = under.filter(({ until }) => at < until);
    if (random() < 0.35) {
      const disturbance = pick(draw)();
      const fits = under.every((one) => areApart(one.disturbance, disturbance));
      const until = at + 1 + Math.floor(random() * longestMinutes);
      if (fits) under.push({ disturbance, until });
    }
    if (at >= neverUntil && random() < 0.03) neverUntil = at + 1 + Math.floor(random() * 5);
    const cron: Cron = at < neverUntil ? "never" : random() < 0.2 ? pick(callings) : "once";
    yield {
      index: at,
      cron,
      killAfterMs: cron === "once" && random() < 0.06 ? Math.floor(random() * 250) : null,
      disturbances: under.map(({ disturbance }) => disturbance),
    };
    index += 1;
  }
}

const callings = ["twice", "late", "again"] as const;

/**
 * Whether two may be under way at once. One of a kind; and a region whose disk fails while the
 * database is away has its earlier results arrive after others were decided without them, which is
 * right, but not what the plain account of these laws can tell from a mistake.
 */
function areApart(one: Disturbance, other: Disturbance): boolean {
  const kinds = new Set([one.kind, other.kind]);
  if (kinds.has("region-disk") && (kinds.has("database") || kinds.has("region-network"))) {
    return false;
  }
  return one.kind !== other.kind;
}

/** What a probe of a healthy system must see: null where its region cannot tell. */
export function truthOf(
  disturbances: readonly Disturbance[],
  path: Path,
  region: Region,
): "up" | "down" | null {
  let truth: "up" | "down" = "up";
  for (const one of disturbances) {
    if (one.kind === "region-network" && one.region === region) return null;
    if (one.kind !== "target" || one.path !== path) continue;
    if (one.region === null || one.region === region) truth = "down";
  }
  return truth;
}

/** The faults of the target itself. */
export function targetFaultsOf(disturbances: readonly Disturbance[]): FaultInput[] {
  return disturbances.flatMap((one): FaultInput[] => {
    if (one.kind === "region-network") return [{ kind: "reset", region: one.region }];
    if (one.kind !== "target") return [];
    const where = { path: one.path, ...(one.region === null ? {} : { region: one.region }) };
    switch (one.how) {
      case "status":
        return [{ kind: "status", status: 503, ...where }];
      case "wrong-body":
        return [{ kind: "wrong-body", body: wrongBody, ...where }];
      default:
        return [{ kind: one.how, ...where }];
    }
  });
}

/** The faults of the control target: only a region's own network keeps it from answering. */
export function controlFaultsOf(disturbances: readonly Disturbance[]): FaultInput[] {
  return disturbances.flatMap((one): FaultInput[] =>
    one.kind === "region-network" ? [{ kind: "reset", region: one.region }] : [],
  );
}

/** A disturbance in words. */
export function wordsOf(one: Disturbance): string {
  switch (one.kind) {
    case "target":
      return `${one.path} ${one.how}${one.region === null ? "" : ` seen from ${one.region}`}`;
    case "region-network":
      return `${one.region} without network`;
    case "region-disk":
      return `${one.region}'s object without disk`;
    case "database":
      return `D1 ${one.how}`;
    case "receiver":
      return `receiver: ${one.how}`;
  }
}
