/** The real system and all that can be done to it, each of which can be undone. */
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { parseConfig } from "../../shared/config/parse.ts";
import { apply, propose } from "../../shared/storage/plans.ts";
import { d1OverBatch } from "../config/index.ts";
import { type Runtime, startRuntime } from "../runtime/index.ts";
import { type StandIn, startStandIn } from "../stand-in/index.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import {
  controlFaultsOf,
  type Disturbance,
  type databaseFaults,
  paths,
  type Region,
  regions,
  targetFaultsOf,
  wrongBody,
} from "./script.ts";
import { planted } from "./secrets.ts";

/** Minute 0, epoch seconds; any will do. */
export const chaosStart = 1_790_000_040;

/** The time of a minute, epoch seconds. */
export const timeOf = (index: number) => chaosStart + index * 60;

const hints: Readonly<Record<Region, string>> = {
  "us-east": "enam",
  "us-west": "wnam",
  "eu-west": "weur",
};

/** What holds a file's lock for us. */
interface Hold {
  readonly key: string;
  undo(): Promise<void>;
}

export class System {
  readonly dataDir: string;
  readonly receiver: Receiver;
  readonly #standIn: StandIn;
  readonly #control: StandIn;
  readonly #onLog: (text: string) => void;
  #runtime: Runtime;
  #holds: Hold[] = [];

  private constructor(parts: {
    dataDir: string;
    receiver: Receiver;
    standIn: StandIn;
    control: StandIn;
    onLog: (text: string) => void;
    runtime: Runtime;
  }) {
    this.dataDir = parts.dataDir;
    this.receiver = parts.receiver;
    this.#standIn = parts.standIn;
    this.#control = parts.control;
    this.#onLog = parts.onLog;
    this.#runtime = parts.runtime;
  }

  /** @param onLog takes what the Workers print, a line each */
  static async start(seed: number, onLog: (text: string) => void): Promise<System> {
    const dataDir = await mkdtemp(join(tmpdir(), "netpost-chaos-"));
    const [standIn, control, receiver] = await Promise.all([
      startStandIn({ seed }),
      startStandIn({ seed: seed + 1 }),
      startReceiver(),
    ]);
    const runtime = await startWorkers(dataDir, receiver, onLog);
    const system = new System({ dataDir, receiver, standIn, control, onLog, runtime });
    await system.#applyConfig();
    return system;
  }

  /** The present runtime: another one after a kill. */
  get runtime(): Runtime {
    return this.#runtime;
  }

  /** Makes exactly these disturbances hold from now on. */
  async disturb(disturbances: readonly Disturbance[]): Promise<void> {
    await this.#standIn.setFaults(targetFaultsOf(disturbances));
    await this.#control.setFaults(controlFaultsOf(disturbances));
    const receiver = disturbances.find((one) => one.kind === "receiver");
    this.receiver.setFault(receiver?.how ?? null);
    const wanted = new Map(disturbances.map((one) => [JSON.stringify(one), one]));
    for (const hold of this.#holds) if (!wanted.has(hold.key)) await hold.undo();
    this.#holds = this.#holds.filter(({ key }) => wanted.has(key));
    for (const [key, one] of wanted) {
      if (this.#holds.some((hold) => hold.key === key)) continue;
      if (one.kind === "database") {
        this.#holds.push({ key, undo: await this.#breakDatabase(one.how) });
      }
      if (one.kind === "region-disk") this.#holds.push({ key, undo: this.#lockRegion(one.region) });
    }
  }

  /** Kills workerd with signal 9 some time after a tick began, and starts it again. */
  async killDuringTick(at: Date, delayMs: number): Promise<void> {
    const tick = this.#runtime.tick(at).catch(() => null);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    process.kill(this.#runtime.pid, "SIGKILL");
    await Promise.all([tick, this.#runtime.ended]);
    this.#runtime = await startWorkers(this.dataDir, this.receiver, this.#onLog);
  }

  /** Asks the api, as an operator, at a time of chaos in epoch seconds. */
  ask(path: string, now: number): Promise<Response> {
    return fetch(`${this.#runtime.apiUrl}${path}`, {
      headers: {
        Authorization: `Bearer ${planted.adminToken}`,
        "X-Chaos-Now": String(now * 1000),
      },
    });
  }

  async stop(): Promise<void> {
    for (const hold of this.#holds) await hold.undo();
    await this.#runtime.stop();
    await Promise.all([this.#standIn.stop(), this.#control.stop()]);
    this.receiver.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async #applyConfig(): Promise<void> {
    const parsed = parseConfig({
      baseUrl: this.#standIn.url,
      controls: [`${this.#control.url}/api/health`],
      regions: Object.fromEntries(regions.map((id) => [id, { locationHint: hints[id] }])),
      defaults: { timeoutMs: 1_500, attempts: 1, budgetMs: 3_000, failuresToOpen: 1 },
      monitors: paths.map((url, index) => ({
        id: `monitor-${index}`,
        name: url,
        url,
        headers: { "X-Token": "{{secret.PROBE_TOKEN}}" },
        expect: { notContains: [wrongBody] },
        // Too old to vote: it changes no verdict, and must not.
        vantagePoints: [{ service: "pingdom", check: "1", role: "verdict" }],
      })),
    });
    if (!parsed.ok) throw new Error(parsed.mistakes.join("; "));
    const db = d1OverBatch(this.#runtime.batch);
    const outcome = await apply(db, await propose(db, parsed.config, chaosStart), chaosStart);
    if (outcome.kind !== "applied") throw new Error(`the plan was not applied: ${outcome.kind}`);
  }

  async #breakDatabase(how: (typeof databaseFaults)[number]): Promise<() => Promise<void>> {
    if (how === "locked") return lockFile(this.#runtime.databaseFile());
    await this.#runtime.query("ALTER TABLE ledger RENAME TO away");
    return async () => {
      await this.#runtime.query("ALTER TABLE away RENAME TO ledger");
    };
  }

  /** The object of a region is found by its id, which it keeps. */
  #lockRegion(region: Region): () => Promise<void> {
    const folder = join(this.dataDir, "v3", "do", "netpost-chaos-probe-Region");
    const files = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
    const file = files.find((name) => keeps(join(folder, name), region));
    if (file === undefined) throw new Error(`no object of ${region} is there`);
    return lockFile(join(folder, file));
  }
}

/** Whether an object's slice of the plan, as workerd serialises it, is that of a region. */
function keeps(file: string, region: Region): boolean {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const kept = db.prepare("SELECT value FROM _cf_KV WHERE key = 'slice'").get()?.["value"];
    const serialised = `region"${String.fromCharCode(region.length)}${region}`;
    return kept instanceof Uint8Array && Buffer.from(kept).includes(serialised, 0, "latin1");
  } finally {
    db.close();
  }
}

/** Another process that holds a file's lock: whoever writes is refused by SQLite. */
function lockFile(file: string): () => Promise<void> {
  const holder = new DatabaseSync(file, { timeout: 2_000 });
  holder.exec("BEGIN IMMEDIATE");
  return async () => {
    holder.exec("ROLLBACK");
    holder.close();
  };
}

function startWorkers(
  dataDir: string,
  receiver: Receiver,
  onLog: (text: string) => void,
): Promise<Runtime> {
  return startRuntime({
    rateLimits: false,
    configPath: fileURLToPath(new URL("./chaos.toml", import.meta.url)),
    dataDir,
    onLog: ({ text }) => onLog(text),
    vars: {
      probe: {
        ALERT_WEBHOOK_URL: `${receiver.url}/alerts`,
        ALERT_WEBHOOK_SECRET: planted.webhookSecret,
        DEAD_MAN_URL: `${receiver.url}/alive/${planted.deadManPath}`,
        PROBE_TOKEN: planted.probeSecret,
        SENTRY_DSN_BACKEND: `${receiver.url.replace("//", "//public@")}/1`,
        OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/told/otlp`,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${planted.otlpToken}`,
        DATADOG_API_KEY: planted.datadogKey,
        DATADOG_API_URL: `${receiver.url}/told/datadog`,
        STATUS_WEBHOOK_URL: `${receiver.url}/told/status`,
        STATUS_WEBHOOK_SECRET: planted.statusSecret,
        PINGDOM_API_KEY: planted.pingdomKey,
        PINGDOM_API_URL: `${receiver.url}/watch/pingdom`,
        // Only what happens is told.
        CHANNEL_TEST_SCHEDULE: "off",
      },
      api: { ADMIN_TOKEN: planted.adminToken, MONITORING_API_KEY: planted.monitoringKey },
    },
  });
}
