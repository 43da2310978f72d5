/** The real api on a clock that goes on from where the data ends; what it sends is counted. */
import type { Clock } from "../../shared/clock.ts";
import { createApp } from "../../workers/api/app.ts";
import { nothingKept } from "../../workers/api/reads/status-kept.ts";
import { countsPath, modeHeader } from "./api-modes.ts";
import { noting } from "./noting-database.ts";
import { readAt } from "./read-time.ts";

interface Bindings {
  readonly DB: D1Database;
}

let startedAt: number | null = null;
const clock: Clock = {
  now() {
    startedAt ??= Date.now();
    return readAt * 1000 + Date.now() - startedAt;
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const kept = createApp(clock);
const made = createApp(clock, nothingKept);
let counts = { statements: 0, rowsRead: 0 };

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname === countsPath) {
      const taken = counts;
      counts = { statements: 0, rowsRead: 0 };
      return Response.json(taken);
    }
    const DB = noting(env.DB, ({ rowsRead }) => {
      counts = { statements: counts.statements + 1, rowsRead: counts.rowsRead + rowsRead };
    });
    const mode = request.headers.get(modeHeader);
    const app = mode === "made" ? made : mode === "kept" ? kept : createApp(clock);
    return app.fetch(request, { ...env, DB }, context);
  },
} satisfies ExportedHandler<Bindings>;
