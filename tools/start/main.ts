import { fileURLToPath } from "node:url";
import { applyConfigFile, d1OverBatch, renderText } from "../config/index.ts";
import { type LogLine, type Runtime, RuntimeError, startRuntime } from "../runtime/index.ts";
import { DEMO_PASSWORD, PortError, startStandIn } from "../stand-in/index.ts";
import { parseSettings, type StartSettings } from "./settings.ts";
import { describeTick } from "./tick-line.ts";

const help = `npm start

Runs NetPost's monitoring on this machine: both Workers on workerd, with their state in .data/, and
NetPost's stand-in as what is monitored. Ctrl-C stops everything; the next start goes on with the
same data.

  --production   for good, on a machine of your own (docs/deployment.md): no stand-in, no key made up
                 or printed, NETPOST_BASE_URL needed, every setting of docs/configuration.md taken
                 from the environment, and the Workers' log printed as it is

Settings, from the environment:
  PORT, HOST          where the API listens                     (default 8787, 127.0.0.1)
  NETPOST_BASE_URL    a real NetPost, in place of the stand-in
  STAND_IN_PORT       the stand-in; its control is one higher   (default 8790)
  ADMIN_TOKEN         at least 16 characters                    (default made up and printed)
  MONITORING_API_KEY  at least 16 characters                    (default made up and printed)
  HEARTBEAT_SECRET    at least 32 characters; ping addresses    (default none: no heartbeats)
                      are derived from it, so keep it the same
  DATA_DIR            where state is kept                       (default .data)
  PROBE_…             secrets that monitors name as {{secret.PROBE_…}}`;

const configFile = fileURLToPath(new URL("../../netpost.config.ts", import.meta.url));

async function main(): Promise<number> {
  if (process.argv.includes("--help")) {
    console.log(help);
    return 0;
  }
  const parsed = parseSettings(process.env);
  if (!parsed.ok) return refuse(parsed.mistakes.join("\nnpm start: "));
  const { settings } = parsed;
  const isProduction = process.argv.includes("--production");
  const production = isProduction
    ? await (await import("./production.ts")).readProduction(process.env)
    : null;
  if (production !== null && "mistakes" in production) {
    return refuse(production.mistakes.join("\nnpm start: "));
  }
  if (!isProduction) await sayIgnored();
  const stopping = signalled();
  const stops: (() => Promise<void>)[] = [];
  try {
    const target =
      settings.NETPOST_BASE_URL === undefined
        ? await standIn(settings, stops)
        : { baseUrl: settings.NETPOST_BASE_URL };
    console.log("Building and starting the Workers …");
    const runtime = await startRuntime({
      dataDir: settings.DATA_DIR,
      apiPort: settings.PORT,
      apiHost: settings.HOST,
      vars: {
        probe: {
          // The stand-in, and often a NetPost that somebody works on, are on this machine.
          ...(!isProduction && { ALLOW_PRIVATE_TARGETS: "true" }),
          ...probeSecrets(settings),
          ...heartbeatVars(settings).probe,
          ...production?.vars.probe,
        },
        api: {
          ADMIN_TOKEN: settings.ADMIN_TOKEN,
          MONITORING_API_KEY: settings.MONITORING_API_KEY,
          ...heartbeatVars(settings).api,
          ...production?.vars.api,
        },
      },
      onLog: isProduction ? printAsItIs : printLog,
    });
    stops.push(() => runtime.stop());
    const refusesPrivate = isProduction && process.env["ALLOW_PRIVATE_TARGETS"] !== "true";
    const applied = await applyConfigFile(
      d1OverBatch(runtime.batch),
      { file: configFile, ...target, refusesPrivate },
      { now: () => Math.floor(Date.now() / 1000), by: "npm start" },
    );
    if (!("revision" in applied)) return refuse(renderText(applied));
    console.log(
      isProduction
        ? `Running for ${target.baseUrl}; the API is at ${runtime.apiUrl}.`
        : welcome(settings, runtime, target.baseUrl),
    );
    const ended = runtime.ended.then((end) => (end.expected ? null : end));
    const stopTicking = tickEveryMinute(runtime);
    stops.unshift(async () => stopTicking());
    const end = await Promise.race([stopping, ended]);
    if (end === null) return 0;
    return refuse("workerd ended unexpectedly. Start again: nothing that was recorded is lost.");
  } catch (error) {
    if (error instanceof RuntimeError || error instanceof PortError) return refuse(error.message);
    throw error;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

/** What is in the environment and would be taken for good, but is not now. */
async function sayIgnored(): Promise<void> {
  const { ignoredIn } = await import("./production.ts");
  const names = await ignoredIn(process.env);
  if (names.length === 0) return;
  console.log(`Not taken without \`-- --production\`: ${names.join(", ")}`);
}

function refuse(line: string): number {
  console.error(`npm start: ${line}`);
  return 1;
}

/** What ping addresses are derived from, and where the tick asks whether pings can be taken. */
function heartbeatVars({ HEARTBEAT_SECRET, PORT }: StartSettings) {
  if (HEARTBEAT_SECRET === undefined) return { probe: {}, api: {} };
  return { probe: { API_URL: `http://127.0.0.1:${PORT}` }, api: { HEARTBEAT_SECRET } };
}

/** Secrets of monitors; the stand-in's own password where it is what is monitored. */
function probeSecrets({ NETPOST_BASE_URL, probeSecrets: given }: StartSettings) {
  return NETPOST_BASE_URL === undefined ? { PROBE_LOGIN_PASSWORD: DEMO_PASSWORD, ...given } : given;
}

/** The stand-in's control endpoint is the control target, too: no fault of the stand-in hits it. */
async function standIn(settings: StartSettings, stops: (() => Promise<void>)[]) {
  const port = settings.STAND_IN_PORT;
  const server = await startStandIn({ port, controlPort: port + 1 });
  stops.push(() => server.stop());
  return { baseUrl: server.url, controls: [`${server.controlUrl}/faults`] };
}

/** Resolves at the first Ctrl-C; a second one ends the process at once. */
function signalled(): Promise<null> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        console.log("\nStopping …");
        resolve(null);
        process.once(signal, () => process.exit(130));
      });
    }
  });
}

/** Fires the cron at once, for the present minute, and then at the start of every minute. */
function tickEveryMinute(runtime: Runtime): () => void {
  let timer: NodeJS.Timeout | undefined;
  const fire = () => {
    const now = Date.now();
    timer = setTimeout(fire, 60_000 - (now % 60_000));
    // A workerd that dies meanwhile is told by `ended`; a failed tick has logged itself.
    runtime.tick(new Date(now - (now % 60_000))).catch(() => {});
  };
  fire();
  return () => clearTimeout(timer);
}

function welcome(settings: StartSettings, { apiUrl }: Runtime, baseUrl: string): string {
  const control = `http://127.0.0.1:${settings.STAND_IN_PORT + 1}`;
  const breakIt = `
Break it, and watch:
  curl -X POST ${control}/faults -d '{"kind":"status","status":500,"path":"/api/health"}'
  curl -X DELETE ${control}/faults
`;
  return `
NetPost's monitoring is running, probing ${baseUrl} from three regions.

  Status      ${apiUrl}/api/status
  Health      ${apiUrl}/api/health
  Monitors    ${apiUrl}/api/monitoring/monitors
  Outages     ${apiUrl}/api/monitoring/outages
  SLA         ${apiUrl}/api/monitoring/sla?window=24h

  Key to read (MONITORING_API_KEY)   ${settings.MONITORING_API_KEY}
  Key for everything (ADMIN_TOKEN)   ${settings.ADMIN_TOKEN}

  curl -H 'Authorization: Bearer ${settings.MONITORING_API_KEY}' '${apiUrl}/api/monitoring/sla?window=24h'
${settings.NETPOST_BASE_URL === undefined ? breakIt : ""}
Every minute has its line; Ctrl-C stops everything.
`;
}

/** One line each, for whatever collects logs here. */
function printAsItIs(line: LogLine): void {
  if (line.from === "workerd") return;
  (line.stream === "stderr" ? console.error : console.log)(line.text);
}

function printLog(line: LogLine): void {
  const tick = line.from === "probe" ? describeTick(line.text) : null;
  if (tick !== null) console.log(tick);
  else if (line.from !== "workerd" && line.stream === "stderr") {
    console.error(`${line.from}: ${line.text}`);
  }
}

process.exitCode = await main();
