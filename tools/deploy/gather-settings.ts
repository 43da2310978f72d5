/** The first step: what is set, what is missing, and what is to be put where. */
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type { Config } from "../../shared/config/schema.ts";
import { loadConfig } from "../config/load-config.ts";
import {
  channelSettings,
  isExample,
  isOn,
  malformed,
  neededSecrets,
  secretNames,
  type Values,
  valuesFor,
  type Worker,
  workers,
} from "../configuration/check-settings.ts";
import { readSettings } from "../configuration/settings.ts";
import type { DeployArguments } from "./arguments.ts";
import type { Stage } from "./stage.ts";
import type { Environment, Wrangler } from "./wrangler.ts";

export interface Gathered {
  /** To be sent along with each Worker. */
  readonly secrets: Readonly<Record<Worker, Readonly<Record<string, string>>>>;
  /** A line each: nothing is deployed with one of these. */
  readonly mistakes: readonly string[];
  readonly missing: readonly string[];
  /** What does not stop a deployment, and should be known. */
  readonly notes: readonly string[];
}

/**
 * Looks at the configuration file, wrangler.toml, the settings given and the secrets that are on
 * Cloudflare already, by name. A Worker that is not there yet has none.
 *
 * @param wrangler null: Cloudflare is not asked
 */
export async function gatherSettings(
  options: Pick<DeployArguments, "settingsFile" | "replaceSecrets" | "file" | "baseUrl">,
  stage: Stage,
  env: Environment,
  wrangler: Wrangler | null,
): Promise<Gathered> {
  const settings = await readSettings();
  const given = givenValues(options.settingsFile, env);
  if (typeof given === "string") return refused(given);
  const vars = { ...stage.vars.probe, ...stage.vars.api };
  const refusesPrivate = { ...vars, ...given }["ALLOW_PRIVATE_TARGETS"] !== "true";
  const { config, mistakes } = await readConfig(options, refusesPrivate);
  const known = { probe: new Set<string>(), api: new Set<string>() };
  if (wrangler !== null) {
    const add = async (worker: Worker) => {
      for (const name of await secretsOn(wrangler, worker)) known[worker].add(name);
    };
    await Promise.all(workers.map(add));
  }
  const put = (worker: Worker) =>
    Object.fromEntries(
      Object.entries(valuesFor(worker, settings, given)).filter(
        ([name]) =>
          !(name in stage.vars[worker]) && (options.replaceSecrets || !known[worker].has(name)),
      ),
    );
  const secrets = { probe: put("probe"), api: put("api") };
  const has = (worker: Worker, name: string) =>
    known[worker].has(name) || name in secrets[worker] || name in stage.vars[worker];
  const names = new Set([
    ...known.probe,
    ...Object.keys(secrets.probe),
    ...Object.keys(stage.vars.probe),
  ]);
  const lacking = neededSecrets(config).filter(({ name, worker }) => !has(worker, name));
  return {
    secrets,
    mistakes: [...mistakes, ...malformed(settings, { ...vars, ...given })],
    missing: [
      ...lacking.map(({ name, worker, why }) => `${name} (secret of ${worker}): ${why}`),
      ...(config !== null && isExample(config.baseUrl)
        ? ["NETPOST_BASE_URL: the address of NetPost, in place of the example's"]
        : []),
    ],
    notes: isOn(channelSettings, names)
      ? []
      : ["no channel is set: nobody will be told of an outage (docs/channels.md)"],
  };
}

function refused(mistake: string): Gathered {
  return { secrets: { probe: {}, api: {} }, mistakes: [mistake], missing: [], notes: [] };
}

/** Of the file over the environment; a message if the file cannot be read. */
export function givenValues(file: string | undefined, env: Environment): Values | string {
  if (file === undefined) return env;
  try {
    return { ...env, ...parseEnv(readFileSync(file, "utf8")) };
  } catch (error) {
    return `--settings: ${file} was not read: ${error instanceof Error ? error.message : error}`;
  }
}

async function readConfig(
  { file, baseUrl }: Pick<DeployArguments, "file" | "baseUrl">,
  refusesPrivate: boolean,
): Promise<{ readonly config: Config | null; readonly mistakes: readonly string[] }> {
  const loaded = await loadConfig({ file, baseUrl, refusesPrivate });
  switch (loaded.kind) {
    case "loaded":
      return { config: loaded.config, mistakes: [] };
    case "unreadable":
      return { config: null, mistakes: [loaded.message] };
    case "refused":
      return { config: null, mistakes: loaded.mistakes.map((one) => `${loaded.file}: ${one}`) };
  }
}

/** The names of a Worker's secrets; none where it does not exist. @throws Error why not */
export async function secretsOn(wrangler: Wrangler, worker: Worker): Promise<string[]> {
  const listed = await wrangler(["secret", "list", "--env", worker, "--format", "json"]);
  if (listed.ok) return secretNames(listed.out);
  if (/not (?:be )?found|does not exist|10007|10090/i.test(listed.output)) return [];
  throw new Error(`the secrets of ${worker} were not listed: ${listed.reason}`);
}
