/** What `npm start -- --production` takes besides: every setting of the Workers, from the environment. */
import { malformed, type Values, valuesFor } from "../configuration/check-settings.ts";
import { readSettings } from "../configuration/settings.ts";

/** What may not be missing: nothing is made up, and no stand-in is started. */
const needed = ["NETPOST_BASE_URL", "ADMIN_TOKEN", "MONITORING_API_KEY"] as const;

type Vars = Readonly<Record<"probe" | "api", Readonly<Record<string, string>>>>;

/** What the Workers are given, or one line for each mistake: the setting, never its value. */
export async function readProduction(
  env: Values,
): Promise<{ readonly vars: Vars } | { readonly mistakes: readonly string[] }> {
  const settings = await readSettings();
  const mistakes = [
    ...needed.filter((name) => !env[name]).map((name) => `${name}: needed with --production`),
    ...malformed(settings, env),
  ];
  if (mistakes.length > 0) return { mistakes };
  return {
    vars: { probe: valuesFor("probe", settings, env), api: valuesFor("api", settings, env) },
  };
}

/** Settings of the Workers that an environment has, and that only `--production` takes. */
export async function ignoredIn(env: Values): Promise<string[]> {
  const taken = new Set<string>([...needed, "HEARTBEAT_SECRET", "API_URL"]);
  const names = (await readSettings())
    .filter(({ place, isReserved }) => place !== "tools" && !isReserved)
    .map(({ name }) => name);
  return [...new Set(names)].filter((name) => env[name] && !taken.has(name)).toSorted();
}
