/** Prometheus' scrape configuration, as far as it has blackbox_exporter probe targets. */
import { z } from "zod";
import { dnsFields } from "../../../shared/config/probes/dns.ts";
import { CommandError } from "../command.ts";
import {
  httpByModule,
  type Module,
  moduleSchema,
  tcpByModule,
  usualModules,
  webSocketByModule,
} from "./blackbox-modules.ts";
import { Import, type Notes, slugOf } from "./imported.ts";
import { goDurationMs, policyOf } from "./policy.ts";
import { hostAndPort } from "./requests.ts";

const ruleSchema = z.looseObject({
  source_labels: z.array(z.string()).default([]),
  target_label: z.string().optional(),
  replacement: z.string().optional(),
  regex: z.unknown().optional(),
  action: z.string().default("replace"),
});

const jobSchema = z.looseObject({
  job_name: z.string(),
  metrics_path: z.string().default("/metrics"),
  params: z
    .looseObject({
      module: z.array(z.string()).optional(),
      target: z.array(z.string()).optional(),
    })
    .default({}),
  scrape_interval: z.string().optional(),
  scrape_timeout: z.string().optional(),
  static_configs: z
    .array(
      z.looseObject({
        targets: z.array(z.string()).default([]),
        labels: z.record(z.string(), z.coerce.string()).default({}),
      }),
    )
    .default([]),
  relabel_configs: z.array(ruleSchema).default([]),
});

type Job = z.output<typeof jobSchema>;

const configSchema = z.looseObject({
  global: z
    .looseObject({
      scrape_interval: z.string().default("1m"),
      scrape_timeout: z.string().default("10s"),
    })
    .prefault({}),
  scrape_configs: z.array(jobSchema),
});

const modulesSchema = z.looseObject({ modules: z.record(z.string(), moduleSchema) });

/**
 * Makes monitors of the targets of every job that goes through the blackbox exporter; the other
 * jobs scrape metrics and are not looked at.
 *
 * @param modules the content of `blackbox.yml`; undefined: the modules that it comes with
 * @throws CommandError on what is no such configuration
 */
export function importPrometheus(source: unknown, modules: unknown): Import {
  const config = parsedAs(configSchema, source, "a configuration of Prometheus");
  const known =
    modules === undefined
      ? usualModules
      : new Map(
          Object.entries(
            parsedAs(modulesSchema, modules, "a modules file of blackbox_exporter").modules,
          ),
        );
  const imported = new Import();
  const jobs = config.scrape_configs.filter(
    ({ params, metrics_path }) => params.module !== undefined || metrics_path === "/probe",
  );
  for (const job of jobs) {
    const timing = {
      interval: job.scrape_interval ?? config.global.scrape_interval,
      timeout: job.scrape_timeout ?? config.global.scrape_timeout,
    };
    convertJob(job, timing, known, modules !== undefined, imported);
  }
  return imported;
}

function parsedAs<S extends z.ZodType>(schema: S, source: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CommandError(`not ${what}: ${issue?.path.join(".") || "the file"}: ${issue?.message}`);
}

type Timing = { readonly interval: string; readonly timeout: string };

function convertJob(
  job: Job,
  timing: Timing,
  modules: ReadonlyMap<string, Module>,
  given: boolean,
  imported: Import,
): void {
  const ofJob = imported.notesOf(`job ${job.job_name}`);
  for (const field of Object.keys(job)) {
    if (/_sd_configs$/.test(field)) ofJob.lost(field, "only targets in the file are known");
  }
  const { template, moduleLabel } = relabelling(job, ofJob);
  const fixed = job.params.target?.[0];
  for (const { targets, labels } of job.static_configs) {
    // Without a rule for it, what is asked about is the parameter; the targets are the exporter.
    const asked = template === null && fixed !== undefined ? [fixed] : targets;
    for (const written of asked) {
      const target = (template ?? "$1").replaceAll(/\$(?:1|\{1\})/g, () => written);
      const name = labels["instance"] ?? target;
      const notes = imported.notesOf(target);
      const module =
        (moduleLabel === null ? undefined : labels[moduleLabel]) ??
        job.params.module?.[0] ??
        "http_2xx";
      const probe = modules.get(module);
      if (probe === undefined) {
        notes.lost(
          "module",
          given
            ? `${module} is not in the modules file; left out`
            : `${module}: say what it is by --modules blackbox.yml; left out`,
        );
        continue;
      }
      const id = imported.idFor(`${job.job_name}-${target.replace(/^[a-z]+:\/\//i, "")}`);
      const settings = settingsOf(probe, target, id, notes);
      if (settings === null) continue;
      const tags = Object.entries(labels).map(([label, value]) => slugOf(`${label}-${value}`));
      const { type, ...rest } = settings;
      imported.monitors.push({
        id,
        ...(type !== undefined && { type }),
        name: name.slice(0, 100),
        group: job.job_name.slice(0, 100),
        ...(tags.length > 0 && { tags: [...new Set(tags)] }),
        ...rest,
        ...policyOf(
          {
            intervalSeconds: (goDurationMs(timing.interval) ?? 60_000) / 1_000,
            timeoutMs: goDurationMs(probe.timeout ?? timing.timeout) ?? 10_000,
            fields: { interval: "scrape_interval", timeout: "timeout" },
          },
          notes,
        ),
      });
    }
  }
}

/** Null where there is nothing like it here, which is noted. */
function settingsOf(
  module: Module,
  target: string,
  id: string,
  notes: Notes,
): (Record<string, unknown> & { readonly type?: string }) | null {
  switch (module.prober) {
    case "http":
      return httpByModule(
        module,
        /^https?:\/\//i.test(target) ? target : `http://${target}`,
        id,
        notes,
      );
    case "tcp": {
      const place = hostAndPort(target);
      if (place !== null) return { type: "tcp", ...place, ...tcpByModule(module, notes) };
      notes.lost("target", "host:port; left out");
      return null;
    }
    case "dns": {
      const record = module.dns?.query_type ?? "ANY";
      if (!module.dns || !dnsFields.record.safeParse(record).success) {
        notes.lost(
          "dns.query_type",
          `${record}: allowed are A, AAAA, CNAME, MX, NS, TXT; left out`,
        );
        return null;
      }
      for (const field of Object.keys(module.dns)) {
        if (field === "query_name" || field === "query_type") continue;
        notes.lost(`dns.${field}`, "there is nothing like it here");
      }
      notes.differs("target", `the usual resolver is asked by HTTPS, not ${target}`);
      return { type: "dns", host: module.dns.query_name.replace(/\.$/, ""), record };
    }
    case "websocket":
      return webSocketByModule(module, target, id, notes);
    case "icmp":
      notes.lost("prober", "icmp: a Worker cannot send ICMP; left out");
      return null;
    default:
      notes.lost("prober", `${module.prober}: there is no such probe here; left out`);
      return null;
  }
}

/** What the relabelling makes of a target; rules that say more are noted. */
function relabelling({ relabel_configs: rules }: Job, notes: Notes) {
  let template: string | null = null;
  let moduleLabel: string | null = null;
  for (const rule of rules) {
    const [source, ...more] = rule.source_labels;
    const plain = rule.action === "replace" && rule.regex === undefined && more.length === 0;
    if (plain && rule.target_label === "__param_target" && source === "__address__") {
      template = rule.replacement ?? "$1";
    } else if (plain && rule.target_label === "__param_module" && source !== undefined) {
      moduleLabel = source;
    } else if (!plain || !/^(?:instance|__address__)$/.test(rule.target_label ?? "")) {
      notes.lost("relabel_configs", `the rule for ${rule.target_label ?? rule.action}`);
    }
  }
  return { template, moduleLabel };
}
