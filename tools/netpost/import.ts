import { readFileSync } from "node:fs";
import type { Paint } from "../config/paint.ts";
import { type Command, CommandError } from "./command.ts";
import { schemaModule, writeNewFile } from "./history-commands.ts";
import { evaluateConfig } from "./import/evaluate-config.ts";
import { importGatus } from "./import/gatus.ts";
import type { Import, Note } from "./import/imported.ts";
import { importPingdom, readPingdom } from "./import/pingdom.ts";
import { importPrometheus } from "./import/prometheus.ts";
import { type Settled, settle } from "./import/settle.ts";
import { importUptimeKuma } from "./import/uptime-kuma.ts";
import { importUptimeFlare } from "./import/uptimeflare.ts";
import { importUptimeRobot, readUptimeRobot } from "./import/uptimerobot.ts";
import { readYaml } from "./import/yaml.ts";
import { literal } from "./literal.ts";
import { withProgress } from "./progress.ts";

const tools = [
  "uptime-kuma",
  "uptimeflare",
  "gatus",
  "prometheus",
  "pingdom",
  "uptimerobot",
] as const;
type Tool = (typeof tools)[number];

/** `import`: takes another tool's monitors over. */
export const importCommand: Command = {
  name: "import",
  operands: "<tool> [file]",
  least: 1,
  most: 2,
  summary: "make monitors of another tool's configuration, and say what is not as it was",
  details: `  uptime-kuma   the backup of version 1 (JSON)
  uptimeflare   uptime.config.ts. The file is run, in a process that may read no file and has no
                network, environment or other module; run only files that you trust all the same.
                A .json file with what it exports is taken as well.
  gatus         its YAML
  prometheus    prometheus.yml: the targets of jobs that go through blackbox_exporter
  pingdom       what its API 3.1 tells of checks (JSON); without a file, its API is asked with the key
                in PINGDOM_API_KEY
  uptimerobot   what getMonitors of its API v2 tells (JSON); without a file, its API is asked with the
                key in UPTIMEROBOT_API_KEY. Each goes on being read as a vantage point of its monitor

The monitors are printed as a module to import in netpost.config.ts; what is lost or differs is listed
on stderr. Nothing is applied. Secrets are not written down: a reference stands for each.`,
  options: {
    output: { value: "path", help: "write the module there instead, if there is no such file yet" },
    modules: {
      value: "path",
      help: "prometheus: blackbox.yml (default: the modules it comes with)",
    },
    strict: { help: "exit with 1, and write nothing, where something is lost" },
  },
  async run(invocation) {
    const [word = "", file] = invocation.operands;
    const tool = tools.find((name) => name === word);
    if (tool === undefined) {
      throw new CommandError(`import: unknown tool ${word}; one of ${tools.join(", ")}`);
    }
    const { stderr } = invocation.terminal;
    const source = file ?? `${tool}'s API`;
    const imported = await withProgress(stderr, `Reading ${source}`, () =>
      importFrom(tool, file, invocation.text("modules")),
    );
    const settled = settle(imported);
    const lost = settled.notes.filter(({ kind }) => kind === "lost").length;
    const refuses = invocation.flag("strict") && lost > 0;
    const output = invocation.text("output");
    if (output !== undefined && !refuses) writeNewFile(output, moduleText(tool, settled, output));
    if (!invocation.flag("json")) {
      invocation.terminal.stderr.write(`${renderNotes(settled, invocation.paint)}\n`);
    }
    const text = refuses || output !== undefined ? "" : moduleText(tool, settled, output).trimEnd();
    return { exitCode: refuses ? 1 : 0, text, json: { tool, ...settled } };
  },
};

/**
 * Reads what a tool's file says, or what its API tells.
 *
 * @param file without it the API is asked, of the tools that have one
 * @param modules the exporter's modules file, of Prometheus only
 * @param env where the key of an API is
 * @throws CommandError on a file that cannot be read or is none of the tool's
 */
export async function importFrom(
  tool: Tool,
  file: string | undefined,
  modules?: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Import> {
  if (file === undefined) {
    if (tool === "pingdom") return importPingdom(await readPingdom(env));
    if (tool === "uptimerobot") return importUptimeRobot(await readUptimeRobot(env));
    throw new CommandError(`import ${tool}: name its file`);
  }
  const source = contentOf(file);
  switch (tool) {
    case "pingdom":
      return importPingdom(jsonOf(source, file));
    case "uptimerobot":
      return importUptimeRobot(jsonOf(source, file));
    case "uptime-kuma":
      return importUptimeKuma(jsonOf(source, file));
    case "uptimeflare":
      return importUptimeFlare(
        file.endsWith(".json") ? jsonOf(source, file) : await evaluateConfig(source, file),
      );
    case "gatus":
      return importGatus(readYaml(source, file));
    case "prometheus": {
      return importPrometheus(
        readYaml(source, file),
        modules === undefined ? undefined : readYaml(contentOf(modules), modules),
      );
    }
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new CommandError(`${file} cannot be read (${why})`);
  }
}

function jsonOf(source: string, file: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : "no JSON"}`);
  }
}

function moduleText(tool: Tool, { monitors }: Settled, output: string | undefined): string {
  return `// Monitors taken over from ${tool}. In netpost.config.ts:
//   import { imported } from "./….ts";   and   monitors: [...imported, …]
import type { ConfigInput } from "${schemaModule(output)}";

export const imported: ConfigInput["monitors"] = ${literal(monitors)};
`;
}

function renderNotes({ monitors, notes }: Settled, paint: Paint): string {
  const lines = (["lost", "differs"] as const).flatMap((kind) => {
    const of = notes.filter((note) => note.kind === kind);
    const head = kind === "lost" ? "Not carried over:" : "Carried over, but otherwise:";
    return of.length === 0 ? [] : [paint("bold", head), ...of.map(noteLine)];
  });
  const count = `${monitors.length} monitor${monitors.length === 1 ? "" : "s"} carried over.`;
  return [...lines, count].join("\n");
}

function noteLine({ monitor, field, why }: Note): string {
  return `  ${monitor ?? "the file"}: ${field}: ${why}`;
}
