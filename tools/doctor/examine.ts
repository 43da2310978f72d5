/** `npm run doctor`: everything that is looked at, in order. What cannot be looked at is a finding. */
import { readdirSync } from "node:fs";
import { z } from "zod";
import type { Config } from "../../shared/config/schema.ts";
import { version } from "../../shared/version.ts";
import { type Client, createClient } from "../client/index.ts";
import { loadConfig } from "../config/load-config.ts";
import { secretNames } from "../configuration/check-settings.ts";
import { readSettings } from "../configuration/settings.ts";
import type { Stage } from "../deploy/stage.ts";
import type { Wrangler } from "../deploy/wrangler.ts";
import { outsideOf } from "../plan/outside.ts";
import { type PlanName, planNames } from "../plan/platform.ts";
import { connectControl } from "../runtime/control-client.ts";
import type { ControlAddress } from "../runtime/data-folder.ts";
import { checkChannels, checkDoor, checkHealth } from "./check-api.ts";
import { checkMigrations, checkPlan, checkSettings } from "./check-settings.ts";
import { type Finding, findingsOf } from "./finding.ts";

/** Who is examined. */
export type Patient =
  | { readonly kind: "local"; readonly control: ControlAddress }
  | { readonly kind: "remote"; readonly stage: Stage; readonly wrangler: Wrangler };

export interface Examination {
  readonly patient: Patient;
  /** Null: the API is not asked. */
  readonly api: { readonly url: string; readonly key: string } | null;
  readonly file: string;
  readonly baseUrl: string | undefined;
  readonly plan: PlanName | null;
  readonly sendTest: boolean;
  readonly by: string;
}

const migrations = new URL("../../migrations/", import.meta.url);
const namedSchema = z.array(z.object({ name: z.string() }));
const remoteSchema = z.array(z.object({ results: namedSchema }));

/** Looks at everything; throws nothing. */
export async function examine(examination: Examination): Promise<readonly Finding[]> {
  const { patient, api, file, baseUrl } = examination;
  const loaded = await loadConfig({ file, baseUrl });
  const config = loaded.kind === "loaded" ? loaded.config : null;
  return [
    ...(loaded.kind === "loaded"
      ? [findingsOf("file").ok(`${file} is sound, ${loaded.config.monitors.length} monitors`)]
      : [findingsOf("file").bad(`${file} is not sound`, "Run npm run netpost -- check")]),
    ...(await guarded("settings", () => ofSettings(examination, config))),
    ...(await guarded("migrations", () => ofMigrations(patient))),
    ...(api === null
      ? [
          findingsOf("api").bad(
            "it was not asked",
            "Give --url and --key, or NETPOST_URL and NETPOST_KEY",
          ),
        ]
      : await ofApi(createClient({ baseUrl: api.url, key: api.key }), examination, config)),
  ];
}

async function guarded(area: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const [line = why] = why.split("\n");
    return [findingsOf(area).bad(`could not be looked at: ${line}`, "Mend that, and run it again")];
  }
}

async function ofSettings(
  { patient, plan }: Examination,
  config: Config | null,
): Promise<Finding[]> {
  if (patient.kind === "local") return config === null ? [] : checkPlan(config, plan ?? "paid");
  const { stage, wrangler } = patient;
  const secretsOf = async (worker: "probe" | "api") => {
    const run = await wrangler(["secret", "list", "--env", worker, "--format", "json"]);
    if (!run.ok) throw new Error(run.reason);
    return secretNames(run.out);
  };
  const [probe, api] = await Promise.all([secretsOf("probe"), secretsOf("api")]);
  const given = { secrets: { probe, api }, vars: stage.vars };
  // Their values cannot be read back; that they are there says what is on.
  const there = Object.fromEntries(probe.map((name) => [name, "set"]));
  const said = planNames.find((name) => name === stage.vars.probe["CLOUDFLARE_PLAN"]) ?? null;
  return [
    ...checkSettings(await readSettings(), given, config),
    ...(config === null
      ? []
      : checkPlan(config, plan ?? said, outsideOf({ ...there, ...stage.vars.probe }))),
  ];
}

async function ofMigrations(patient: Patient): Promise<Finding[]> {
  const inFolder = readdirSync(migrations).filter((name) => name.endsWith(".sql"));
  return checkMigrations(inFolder.sort(), await appliedOn(patient));
}

async function appliedOn(patient: Patient): Promise<string[]> {
  const sql = "SELECT name FROM d1_migrations ORDER BY name";
  if (patient.kind === "local") {
    const { url, token } = patient.control;
    const [result] = await connectControl(new URL(url), token).batch([{ sql, params: [] }]);
    return namedSchema.parse(result?.rows ?? []).map(({ name }) => name);
  }
  const { stage, wrangler } = patient;
  const run = await wrangler([
    "d1",
    "execute",
    stage.database,
    "--remote",
    "--json",
    "--command",
    sql,
  ]);
  if (!run.ok) throw new Error(run.reason);
  const answer = remoteSchema.parse(JSON.parse(run.out.slice(run.out.indexOf("["))));
  return (answer[0]?.results ?? []).map(({ name }) => name);
}

async function ofApi(
  client: Client,
  { sendTest, by }: Examination,
  config: Config | null,
): Promise<Finding[]> {
  const isCalledIn = config?.monitors.some(({ type }) => type === "heartbeat") ?? false;
  const health = await guarded("api", async () =>
    checkHealth(await client.call("getDetailedHealth"), version),
  );
  // Where it does not answer at all, once is enough.
  if (health.length === 1) return health;
  return [
    ...health,
    ...(await guarded("channels", () => checkChannels(client, by, sendTest))),
    ...(await checkDoor(client, isCalledIn)),
  ];
}
