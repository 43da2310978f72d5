/**
 * Outages and their ends through the real Workers, to a real receiver, while workerd is killed in the
 * middle of ticks: what is due arrives, and what arrives twice has the same key.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { messageSchema } from "../../../shared/contract/alerting/message.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { type Runtime, startRuntime } from "../../runtime/index.ts";
import { startStandIn } from "../../stand-in/index.ts";
import { startReceivers } from "../../testing/receivers/start-receivers.ts";
import { applyConfig, traceStart } from "../kill-trace.ts";
import { randomFrom } from "../random.ts";

export interface AlertsTraceOptions {
  /** How many outages there are, each of three minutes. */
  readonly outages: number;
  /** How many ticks are killed, each at a random moment, in minutes that change something. */
  readonly kills: number;
  readonly seed: number;
  readonly progress?: (line: string) => void;
}

/** A message as it came. */
export interface Arrived {
  /** When its tick was fired, minutes from the start. */
  readonly minute: number;
  readonly message: Message;
}

/** What came, and what the outbox says of it. */
export interface AlertsTrace {
  readonly arrived: readonly Arrived[];
  /** Notifications by state. */
  readonly outbox: Readonly<Record<string, number>>;
  /** Minutes from the start at which each outage began and ended. */
  readonly outages: readonly { readonly from: number; readonly to: number }[];
}

/** From one outage's beginning to the next, minutes: beyond every window of a burn rate that pages. */
const period = 400;
const lasting = 3;

const secret = "whsec_bmV0cG9zdC1uZXRwb3N0LW5ldHBvc3QtbmV0cG9zdA==";
const body = z.object({ data: messageSchema });
const counts = z.array(z.object({ state: z.string(), n: z.int() }));

/** Runs the outages and says what arrived. */
export async function runAlertsTrace(options: AlertsTraceOptions): Promise<AlertsTrace> {
  const { kills, seed, progress = () => {} } = options;
  const random = randomFrom(seed);
  const outages = Array.from({ length: options.outages }, (_, index) => {
    return { from: 1 + index * period, to: 1 + index * period + lasting };
  });
  const changing = outages.flatMap(({ from, to }) => [from, to]);
  const killed = new Set<number>();
  while (killed.size < Math.min(kills, changing.length)) {
    killed.add(changing[Math.floor(random() * changing.length)] ?? 0);
  }
  const dataDir = await mkdtemp(join(tmpdir(), "netpost-alerts-"));
  const standIn = await startStandIn({ seed });
  const receivers = await startReceivers();
  const start = () => startAlerting(dataDir, `${receivers.url}/alerts`);
  let runtime = await start();
  const arrived: Arrived[] = [];
  let known = 0;
  const collect = (minute: number) => {
    const requests = receivers.http.requests("alerts");
    for (const request of requests.slice(known)) {
      arrived.push({ minute, message: body.parse(JSON.parse(request.body)).data });
    }
    known = requests.length;
  };
  try {
    await applyConfig(runtime, standIn, {
      defaults: { timeoutMs: 2_000, attempts: 1, budgetMs: 3_000, failuresToOpen: 1 },
      monitors: [{ id: "api", name: "API", url: "/api/health" }],
    });
    // Between the minutes that are fired are hours without any: that is on purpose.
    await runtime.query("DELETE FROM alert_rules WHERE id IN ('missed-ticks', 'clock-skew')");
    // Two minutes around every change, and one more for what a dead process had leased.
    const minutes = outages.flatMap(({ from, to }) => [
      from - 1,
      from,
      from + 1,
      to,
      to + 1,
      to + 2,
    ]);
    for (const minute of minutes) {
      const down = outages.some(({ from, to }) => from <= minute && minute < to);
      await standIn.setFaults(down ? [{ kind: "status", status: 500, path: "/api/health" }] : []);
      const at = new Date((traceStart + minute * 60) * 1000);
      if (killed.has(minute)) {
        const delayMs = Math.floor(random() * 150);
        progress(`minute ${minute}: killed ${delayMs} ms into its tick`);
        const tick = runtime.tick(at).catch(() => null);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        process.kill(runtime.pid, "SIGKILL");
        await Promise.all([tick, runtime.ended]);
        runtime = await start();
      }
      const outcome = await runtime.tick(at);
      if (outcome.outcome !== "ok") throw new Error(`minute ${minute}: ${outcome.outcome}`);
      collect(minute);
    }
    const { rows } = await runtime.query(
      "SELECT state, count(*) AS n FROM notifications GROUP BY state",
    );
    const outbox = Object.fromEntries(counts.parse(rows).map(({ state, n }) => [state, n]));
    return { arrived, outbox, outages };
  } finally {
    await runtime.stop();
    await standIn.stop();
    receivers.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function startAlerting(dataDir: string, url: string): Promise<Runtime> {
  return startRuntime({
    configPath: fileURLToPath(new URL("../../bench/wrangler.toml", import.meta.url)),
    dataDir,
    vars: {
      probe: {
        ALERT_WEBHOOK_URL: url,
        ALERT_WEBHOOK_SECRET: secret,
        // Only what outages cause is counted.
        CHANNEL_TEST_SCHEDULE: "off",
      },
    },
  });
}
