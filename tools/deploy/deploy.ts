/** `npm run deploy`: every step in order. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenDatabase } from "../config/database.ts";
import { applyConfigFile, renderText } from "../config/index.ts";
import { type Worker, workers } from "../configuration/check-settings.ts";
import { releaseName, uploadOffBecause, uploadSourceMaps } from "../source-maps.ts";
import type { DeployArguments } from "./arguments.ts";
import { type Gathered, gatherSettings } from "./gather-settings.ts";
import type { Stage } from "./stage.ts";
import { waitForTick } from "./wait-for-tick.ts";
import type { Environment, Run, Wrangler } from "./wrangler.ts";

/** What a deployment reaches out to. */
export interface Surroundings {
  readonly env: Environment;
  readonly wrangler: Wrangler;
  readonly openDatabase: (stage: Stage) => Promise<OpenDatabase>;
  readonly say: (line: string) => void;
}

/** Null: it is done; else what is wrong, in one line. */
type Outcome = string | null;

interface Step {
  readonly title: string;
  /** What stands behind it on a dry run. */
  readonly shown: string;
  readonly rehearse?: () => Promise<Outcome>;
  readonly perform: () => Promise<Outcome>;
}

/**
 * Deploys a stage, or on a dry run shows how.
 *
 * @returns null: all is done; else what is wrong, in a line or a list
 */
export async function deploy(
  options: DeployArguments,
  stage: Stage,
  surroundings: Surroundings,
): Promise<Outcome> {
  const { say, env, wrangler } = surroundings;
  const gathered = await gatherSettings(options, stage, env, options.dryRun ? null : wrangler);
  const steps = await stepsOf(options, stage, surroundings, gathered);
  say(`1/${steps.length + 1} check the settings of ${stage.name}`);
  for (const note of gathered.notes) say(`    note: ${note}`);
  const lines = [...gathered.mistakes, ...(options.dryRun ? [] : gathered.missing)];
  if (lines.length > 0) {
    const list = lines.map((line) => `  ${line}`).join("\n");
    return `nothing was touched. To be mended first:\n${list}`;
  }
  for (const line of options.dryRun ? gathered.missing : []) {
    say(`    needed, unless it is on Cloudflare already: ${line}`);
  }
  for (const [index, step] of steps.entries()) {
    const number = `${index + 2}/${steps.length + 1}`;
    const note = options.dryRun && step.rehearse === undefined ? " (not in a dry run)" : "";
    say(`${number} ${step.title}${step.shown === "" ? "" : `: ${step.shown}`}${note}`);
    const outcome = await (options.dryRun ? step.rehearse?.() : step.perform());
    if (typeof outcome === "string") return `step ${number}, ${step.title}: ${outcome}`;
  }
  return null;
}

async function stepsOf(
  options: DeployArguments,
  stage: Stage,
  surroundings: Surroundings,
  gathered: Gathered,
): Promise<readonly Step[]> {
  const { env, say, wrangler } = surroundings;
  const begun = Date.now();
  let apiUrl = options.url ?? null;
  const print = (run: Run, hideFrom?: string): Outcome => {
    if (!run.ok) return run.reason;
    const [shown = ""] = hideFrom === undefined ? [run.output] : run.output.split(hideFrom, 1);
    for (const line of shown.split("\n")) if (line.trim() !== "") say(`    ${line.trimEnd()}`);
    return null;
  };
  const offBecause = uploadOffBecause(env);
  const release = offBecause === null ? await releaseName() : null;
  const workerStep = (worker: Worker): Step => {
    const vars = release === null ? [] : ["--var", `SENTRY_RELEASE:${release}`];
    const args = ["deploy", "--env", worker, ...vars];
    const names = Object.keys(gathered.secrets[worker]).sort();
    const along = names.length === 0 ? "" : `, with the secrets ${names.join(", ")}`;
    return {
      title: `deploy ${worker}${along}`,
      shown: `wrangler ${args.join(" ")}`,
      rehearse: async () => print(await wrangler([...args, "--dry-run"])),
      perform: async () => {
        const run = await withSecrets(gathered.secrets[worker], (more) =>
          wrangler([...args, ...more]),
        );
        if (worker === "api" && run.ok) apiUrl ??= addressIn(run.output);
        return print(run);
      },
    };
  };
  const migrate = ["d1", "migrations", "apply", "DB", "--env", "probe", "--remote"];
  return [
    {
      title: "make the database, if there is none",
      shown: `wrangler d1 create ${stage.database}`,
      perform: async () => {
        const found = await wrangler(["d1", "info", stage.database, "--json"]);
        if (found.ok) {
          say(`    ${stage.database} is there.`);
          return null;
        }
        if (!/couldn't find a D1 DB/i.test(found.reason)) return found.reason;
        // What follows is how to configure it, which wrangler.toml does.
        return print(
          await wrangler(["d1", "create", stage.database]),
          "To access your new D1 Database",
        );
      },
    },
    {
      title: "note where the database is, to go back there",
      shown: `wrangler d1 time-travel info ${stage.database}`,
      perform: async () => {
        const run = await wrangler(["d1", "time-travel", "info", stage.database, "--json"]);
        const bookmark = /"bookmark":\s*"([^"]+)"/.exec(run.out)?.[1];
        say(
          bookmark === undefined
            ? "    No bookmark is known; npm run backup -- --remote makes a copy."
            : `    To go back: npx wrangler d1 time-travel restore ${stage.database} --bookmark=${bookmark}`,
        );
        return null;
      },
    },
    {
      title: "apply the migrations",
      shown: `wrangler ${migrate.join(" ")}`,
      perform: async () => print(await wrangler(migrate)),
    },
    // A service binding to a Worker that does not exist is refused, so api comes after probe.
    ...workers.map(workerStep),
    {
      title: "upload source maps to Sentry",
      shown: offBecause === null ? (release ?? "") : `off, ${offBecause}`,
      perform: async () => {
        for (const worker of release === null ? [] : workers) {
          const outcome = await uploadSourceMaps(worker, release ?? "", env, stage.configPath);
          if (outcome.kind === "failed") return outcome.reason;
          say(`    ${worker}: ${outcome.kind === "uploaded" ? "uploaded" : outcome.because}`);
        }
        return null;
      },
    },
    ...(options.apply ? [applyStep(options, stage, surroundings)] : []),
    ...(options.wait
      ? [
          {
            title: "wait until the api answers and a tick is recorded",
            shown: options.url ?? "",
            perform: async () => {
              if (apiUrl === null) return "where the api is, wrangler did not tell: --url says it";
              const wrong = await waitForTick(apiUrl, begun, (line) => say(`    ${line}`));
              if (wrong === null) say(`    ${apiUrl}/api/status is up to date.`);
              return wrong;
            },
          },
        ]
      : []),
  ];
}

function applyStep(
  { file, baseUrl }: DeployArguments,
  stage: Stage,
  { openDatabase, say, env }: Surroundings,
): Step {
  return {
    title: `apply ${file}`,
    shown: "npm run netpost -- apply --remote",
    perform: async () => {
      const { db, close } = await openDatabase(stage);
      try {
        const by = env["NETPOST_BY"] || "npm run deploy";
        const now = () => Math.floor(Date.now() / 1_000);
        const applied = await applyConfigFile(db, { file, baseUrl }, { now, by });
        if (!("revision" in applied)) return renderText(applied);
        const words = applied.kind === "unchanged" ? "was in force already" : "is in force";
        say(`    Revision ${applied.revision} ${words}.`);
        return null;
      } finally {
        await close();
      }
    },
  };
}

/** Secrets go along with a deployment, in a file that nobody else can read and that is gone after. */
async function withSecrets(
  secrets: Readonly<Record<string, string>>,
  run: (args: readonly string[]) => Promise<Run>,
): Promise<Run> {
  if (Object.keys(secrets).length === 0) return run([]);
  const folder = mkdtempSync(join(tmpdir(), "netpost-deploy-"));
  try {
    const file = join(folder, "secrets.json");
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
    return await run(["--secrets-file", file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A domain of one's own before the one that Cloudflare gives. */
function addressIn(output: string): string | null {
  const own = /^\s*([a-z0-9.-]+\.[a-z]{2,}) \(custom domain/im.exec(output)?.[1];
  if (own !== undefined) return `https://${own}`;
  return /https:\/\/[a-z0-9.-]+\.workers\.dev/i.exec(output)?.[0] ?? null;
}
