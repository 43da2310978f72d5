/** Where a deployment goes: production, or another stage beside it, names and database apart. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { loadToolchain } from "../runtime/toolchain.ts";

export const production = "production";

/** What all names of the product on Cloudflare begin with. */
const product = "netpost-monitoring";
const stageName = /^[a-z][a-z0-9-]{0,19}$/;
export const stageWords =
  "a stage: lower-case letters, digits and -, at most 20, for example staging";

/** A stage, and the configuration that wrangler is given for it. */
export interface Stage {
  readonly name: string;
  readonly configPath: string;
  readonly database: string;
  readonly workers: Readonly<Record<"probe" | "api", string>>;
  /** What is named in the configuration file, by Worker. */
  readonly vars: Readonly<Record<"probe" | "api", Readonly<Record<string, string>>>>;
}

const projectRoot = fileURLToPath(new URL("../../", import.meta.url));
const table = z.record(z.string(), z.unknown());
type Table = z.infer<typeof table>;

/** What is production's alone: a stage has its own, or none. */
const ofProduction = { probe: ["API_URL", "DASHBOARD_URL"], api: [] } as const;

/**
 * Reads wrangler.toml for a stage. Any but production gets a configuration of its own, generated
 * into `.wrangler/`: the same file with the stage in every name, without production's domains, and
 * with what `wrangler.<stage>.toml` says instead, if there is one.
 *
 * @throws Error one readable line
 */
export function readStage(name: string, root = projectRoot): Stage {
  if (!stageName.test(name)) throw new Error(`--env: ${stageWords}`);
  const base = readToml(join(root, "wrangler.toml"));
  const configPath =
    name === production
      ? join(root, "wrangler.toml")
      : join(root, ".wrangler", name, "wrangler.json");
  const config = name === production ? base : staged(base, name, root, configPath);
  const workers = z.object({ env: z.object({ probe: worker, api: worker }) }).parse(config).env;
  return {
    name,
    configPath,
    database: workers.probe.d1_databases[0].database_name,
    workers: { probe: workers.probe.name, api: workers.api.name },
    vars: { probe: workers.probe.vars, api: workers.api.vars },
  };
}

const worker = z.object({
  name: z.string(),
  d1_databases: z.tuple([z.object({ database_name: z.string() })]),
  vars: z.record(z.string(), z.coerce.string()).default({}),
});

function readToml(config: string): Table {
  const { wrangler } = loadToolchain();
  return table.parse(wrangler.experimental_readRawConfig({ config }).rawConfig);
}

function staged(base: Table, stage: string, root: string, configPath: string): Table {
  const ownFile = join(root, `wrangler.${stage}.toml`);
  const named = table.parse(renamed(withoutDomains(base), stage));
  const own = existsSync(ownFile) ? readToml(ownFile) : {};
  const config = table.parse(merged(named, own));
  const folder = dirname(configPath);
  const fromThere = (path: unknown) =>
    typeof path === "string" && existsSync(join(root, path))
      ? relative(folder, join(root, path))
      : path;
  const moved = mapped(config, (key, value) =>
    key === "main" || key === "migrations_dir" ? fromThere(value) : value,
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(configPath, JSON.stringify(moved, null, 2));
  return config;
}

function withoutDomains(config: Table): Table {
  const env = table.parse(config["env"] ?? {});
  const workers = Object.entries(env).map(([key, raw]) => {
    const { routes: _, route: __, vars, ...rest } = table.parse(raw);
    const dropped: readonly string[] = key === "probe" ? ofProduction.probe : ofProduction.api;
    const kept = Object.entries(table.parse(vars ?? {})).filter(
      ([name]) => !dropped.includes(name),
    );
    return [key, { ...rest, vars: Object.fromEntries(kept) }] as const;
  });
  return { ...config, env: Object.fromEntries(workers) };
}

/** Puts the stage behind the product's name, and counts of rate limits apart. */
function renamed(config: unknown, stage: string): unknown {
  return mapped(config, (key, value) => {
    if (typeof value !== "string") return value;
    if (key === "namespace_id") return apart(value, stage);
    if (!["name", "database_name", "service"].includes(key)) return value;
    return value.startsWith(product) ? value.replace(product, `${product}-${stage}`) : value;
  });
}

/** Namespaces are the account's: Workers that name the same one share their counts. */
function apart(namespace: string, stage: string): string {
  const offset = createHash("sha256").update(stage).digest().readUInt16BE(0) + 1;
  return `${offset * 10_000 + Number(namespace)}`;
}

function mapped(
  value: unknown,
  change: (key: string, value: unknown) => unknown,
  key = "",
): unknown {
  if (Array.isArray(value)) return value.map((one) => mapped(one, change, key));
  if (typeof value !== "object" || value === null) return change(key, value);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, mapped(one, change, name)]),
  );
}

/** Tables are merged, anything else is replaced. */
function merged(base: unknown, own: unknown): unknown {
  const [under, over] = [table.safeParse(base), table.safeParse(own)];
  if (!under.success || !over.success) return own;
  const result: Table = { ...under.data };
  for (const [key, value] of Object.entries(over.data)) {
    result[key] = key in result ? merged(result[key], value) : value;
  }
  return result;
}
