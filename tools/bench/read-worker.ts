/** The real api on a clock that stands, and a note of every statement that it sends. */
import { createApp } from "../../workers/api/app.ts";
import { nothingKept } from "../../workers/api/reads/status-kept.ts";
import { noting } from "./noting-database.ts";
import { type Sent, statementsPath } from "./read-statements.ts";
import { readAt } from "./read-time.ts";

interface Bindings {
  readonly DB: D1Database;
}

// What is kept costs nothing to read: each document is made anew.
const app = createApp(
  { now: () => readAt * 1000, sleep: () => new Promise(() => {}) },
  nothingKept,
);

let sent: Sent[] = [];

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname === statementsPath) {
      const taken = sent;
      sent = [];
      return Response.json(taken);
    }
    return app.fetch(request, { ...env, DB: noting(env.DB, (one) => sent.push(one)) }, context);
  },
} satisfies ExportedHandler<Bindings>;
