/** A world worth attacking: monitors, outages, an incident, and secrets that no answer may show. */
import { parseConfig } from "../../shared/config/parse.ts";
import { apply, propose } from "../../shared/storage/plans.ts";
import { d1OverBatch } from "../config/index.ts";
import { type Runtime, startRuntime } from "../runtime/index.ts";

export const keys = {
  reader: "planted-reader-key-3a7f9c",
  admin: "planted-admin-token-8d2e4b",
  stranger: "a-key-that-nobody-issued-0",
} as const;

const heartbeatSecret = "planted-heartbeat-secret-5c1d7e9a2b4f";
const headerSecret = "planted-header-secret-91b7";
const querySecret = "planted-query-secret-44e2";

export const secrets = [keys.reader, keys.admin, heartbeatSecret, headerSecret, querySecret];

/** Starts both Workers on a folder, and lets them see a round in which nothing answers. */
export async function startWorld(
  dataDir: string,
  onError: (text: string) => void,
): Promise<Runtime> {
  const runtime = await startRuntime({
    rateLimits: false,
    dataDir,
    vars: {
      probe: { ALLOW_PRIVATE_TARGETS: "true" },
      api: {
        MONITORING_API_KEY: keys.reader,
        ADMIN_TOKEN: keys.admin,
        HEARTBEAT_SECRET: heartbeatSecret,
      },
    },
    onLog: ({ from, level, text }) => {
      if (from === "api" && level === "error") onError(text);
    },
  });
  const now = Math.floor(Date.now() / 60_000) * 60;
  const parsed = parseConfig({
    // Nothing listens there: every check fails at once.
    baseUrl: "http://127.0.0.1:9",
    regions: { "us-east": { locationHint: "enam" }, "eu-west": { locationHint: "weur" } },
    monitors: [
      { id: "home", name: "Home", group: "Core", url: "/" },
      {
        id: "api",
        name: "Api",
        group: "Core",
        url: `/posts?token=${querySecret}`,
        headers: { Authorization: `Bearer ${headerSecret}` },
      },
      { id: "backup", name: "Backup", type: "heartbeat", every: 3_600, graceSeconds: 600 },
    ],
  });
  if (!parsed.ok) throw new Error(parsed.mistakes.join("; "));
  const db = d1OverBatch(runtime.batch);
  await apply(db, await propose(db, parsed.config, now), now);
  // A round that is past is not probed any more, and one to come is waited for.
  const { outcome } = await runtime.tick(new Date(Math.floor(Date.now() / 60_000) * 60_000));
  if (outcome !== "ok") throw new Error(`the tick ended as ${outcome}`);
  return runtime;
}
