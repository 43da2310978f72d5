/** What is set, by name, and what the configuration takes of Cloudflare's limits. */
import type { Config } from "../../shared/config/schema.ts";
import {
  exporterFeatures,
  features,
  isExample,
  isOn,
  malformed,
  neededSecrets,
  settingsOf,
  type Values,
  vantageFeatures,
  type Worker,
  workers,
} from "../configuration/check-settings.ts";
import type { Setting } from "../configuration/settings.ts";
import { assess, exceededOf } from "../plan/assess.ts";
import { nothingOutside, type Outside } from "../plan/outside.ts";
import type { PlanName } from "../plan/platform.ts";
import { describeVerdict } from "../plan/render.ts";
import { type Finding, findingsOf } from "./finding.ts";

/** What is known of a deployment's settings: names of secrets, and values of variables. */
export interface Given {
  readonly secrets: Readonly<Record<Worker, readonly string[]>>;
  readonly vars: Readonly<Record<Worker, Values>>;
}

/** Names and forms; the value of a secret cannot be read back, and is not. */
export function checkSettings(
  settings: readonly Setting[],
  { secrets, vars }: Given,
  config: Config | null,
): Finding[] {
  const { ok, warn, bad } = findingsOf("settings");
  const names = (worker: Worker) => new Set([...secrets[worker], ...Object.keys(vars[worker])]);
  const has = { probe: names("probe"), api: names("api") };
  const findings: Finding[] = [];
  for (const worker of workers) {
    const known = new Map(settingsOf(worker, settings).map((one) => [one.name, one]));
    for (const line of malformed([...known.values()], vars[worker])) {
      findings.push(bad(`${worker}: ${line}`, "Put it right in wrangler.toml, and npm run deploy"));
    }
    for (const name of Object.keys(vars[worker])) {
      if (known.get(name)?.isSecret === true) {
        findings.push(
          bad(
            `${worker}: ${name} is a secret and stands in wrangler.toml`,
            `Take it out, change it, and npx wrangler secret put ${name} --env ${worker}`,
          ),
        );
      }
    }
    for (const { name, isRequired } of known.values()) {
      if (isRequired && !has[worker].has(name)) {
        findings.push(
          bad(
            `${worker}: ${name} is missing`,
            "Without it the Worker does not run: set it in wrangler.toml",
          ),
        );
      }
    }
    const strange = [...has[worker]].filter((name) => !known.has(name) && !/^PROBE_/.test(name));
    for (const name of strange) {
      const isOther = settings.some((one) => one.name === name && !one.isReserved);
      findings.push(
        warn(
          `${worker}: nothing reads ${name} there`,
          isOther
            ? "It belongs to the other Worker, or to a tool"
            : "Is its name misspelt? docs/configuration.md lists all",
        ),
      );
    }
    const on = [...known.values()].filter(
      ({ name, isSecret }) => isSecret && has[worker].has(name),
    );
    findings.push(
      ok(`${worker} has ${on.length === 0 ? "no secret" : on.map(({ name }) => name).join(", ")}`),
    );
  }
  for (const { name, worker, why } of neededSecrets(config)) {
    if (has[worker].has(name)) continue;
    findings.push(
      bad(
        `${worker}: ${name} is missing; it ${why.split(":", 1)[0]}`,
        `Run: npx wrangler secret put ${name} --env ${worker}`,
      ),
    );
  }
  for (const { name, by, without } of features) {
    if (!isOn(by, has.probe))
      findings.push(warn(`off: ${name}`, `${without[0]?.toUpperCase()}${without.slice(1)}`));
  }
  const exporters = Object.entries(exporterFeatures).filter(([, by]) => isOn(by, has.probe));
  const others = exporters.length === 0 ? "none" : exporters.map(([name]) => name).join(", ");
  findings.push(ok(`other services: ${others}`));
  if (vars.probe["ALLOW_PRIVATE_TARGETS"] === "true") {
    findings.push(
      warn(
        "probe: ALLOW_PRIVATE_TARGETS is true: whoever sets up a monitor reaches private hosts",
        "It is for a NetPost beside the monitoring: take it out of wrangler.toml",
      ),
    );
  }
  for (const [service, by] of Object.entries(vantageFeatures)) {
    const checks = (config?.monitors ?? []).filter(
      (monitor) =>
        monitor.type !== "heartbeat" &&
        monitor.vantagePoints.some((point) => point.service === service),
    ).length;
    if (checks === 0 || isOn(by, has.probe)) continue;
    const [key = ""] = by[0] ?? [];
    findings.push(
      warn(
        `probe: ${key} is missing: ${checks} checks of ${service} are not read`,
        `Run: npx wrangler secret put ${key} --env probe`,
      ),
    );
  }
  const hasHeartbeats = config?.monitors.some(({ type }) => type === "heartbeat") ?? false;
  if (hasHeartbeats && !has.probe.has("API_URL")) {
    findings.push(
      warn(
        "probe: API_URL is missing: a door that is shut is not noticed",
        "Set it in wrangler.toml",
      ),
    );
  }
  return findings;
}

/** Whether the configuration file is sound and fits the plan of the account. */
export function checkPlan(
  config: Config,
  plan: PlanName | null,
  outside: Outside = nothingOutside,
): Finding[] {
  const { ok, warn, bad } = findingsOf("limits");
  const base = isExample(config.baseUrl)
    ? [
        findingsOf("file").warn(
          "baseUrl is the example's",
          "Set NETPOST_BASE_URL, or change netpost.config.ts",
        ),
      ]
    : [];
  if (plan === null) {
    return [
      ...base,
      warn("the plan of the account is not known", "Set CLOUDFLARE_PLAN, or give --plan"),
    ];
  }
  const exceeded = exceededOf(assess(config, outside), plan);
  if (exceeded.length === 0)
    return [...base, ok(`the file fits the ${plan} plan, also when every target hangs`)];
  return [
    ...base,
    ...exceeded.map((verdict) => {
      const line = describeVerdict(verdict);
      const [what = line, change = "see npm run plan"] = line.split(". Change: ");
      const say = verdict.case === "typical" ? bad : warn;
      return say(`${plan} plan: ${what}`, `Change: ${change.replace(/\.$/, "")}`);
    }),
  ];
}

/** What the folder has against what was applied. */
export function checkMigrations(
  inFolder: readonly string[],
  applied: readonly string[],
): Finding[] {
  const { ok, warn, bad } = findingsOf("migrations");
  const missing = inFolder.filter((name) => !applied.includes(name));
  const ahead = applied.filter((name) => !inFolder.includes(name));
  if (missing.length > 0) {
    return [bad(`${missing.join(", ")} not applied`, "Run npm run deploy (or npm start)")];
  }
  if (ahead.length > 0) {
    return [
      warn(
        `the database has ${ahead.join(", ")}, this folder has not`,
        "Somebody deployed something newer: update",
      ),
    ];
  }
  return [ok(`all ${inFolder.length} are applied`)];
}
