// A Worker that runs beside probe and api in workerd and does what tests and tools ask for. It is
// reached over loopback with a token made for each start. Only control-client.ts talks to it.
import { z } from "zod/mini";
import { MARK } from "./log-mark.ts";

type Env = {
  readonly TOKEN: string;
  readonly DATABASE: D1Database;
  /** Absent while there is nothing but the database, as when migrations are applied. */
  readonly PROBE?: {
    scheduled(event: { scheduledTime: Date; cron: string }): Promise<{ outcome: string }>;
  };
};

const Tick = z.object({ scheduledTime: z.number(), cron: z.string() });
const Query = z.object({ sql: z.string(), params: z.array(z.unknown()) });
type Query = z.infer<typeof Query>;
const TailProps = z.object({ worker: z.string() });

export default {
  async fetch(request, env) {
    if (request.headers.get("authorization") !== `Bearer ${env.TOKEN}`) {
      return new Response("not for you", { status: 403 });
    }
    try {
      return Response.json(await answer(new URL(request.url).pathname, await request.json(), env));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return Response.json({ error: message }, { status: 400 });
    }
  },

  /**
   * Prints what a Worker let escape. workerd itself says nothing when a scheduled handler throws,
   * and leaves out the stack when a fetch handler does.
   */
  tail(events, _env, context) {
    // workerd does not fill in `scriptName` locally; each Worker names itself in its tail's props.
    const { worker } = TailProps.parse(context.props);
    for (const { exceptions } of events) {
      for (const { name, message, stack } of exceptions) {
        const trace = stack === undefined ? "" : `\n${stack}`;
        console.error(`${MARK}${worker}${MARK}Uncaught ${name}: ${message}${trace}`);
      }
    }
  },
} satisfies ExportedHandler<Env>;

async function answer(path: string, body: unknown, env: Env): Promise<unknown> {
  switch (path) {
    case "/tick": {
      const { scheduledTime, cron } = Tick.parse(body);
      return env.PROBE?.scheduled({ scheduledTime: new Date(scheduledTime), cron });
    }
    case "/batch": {
      const queries = z.array(Query).parse(body);
      const statement = ({ sql, params }: Query) => env.DATABASE.prepare(sql).bind(...params);
      const [only, ...others] = queries;
      // A single query is not sent as a batch: that is what the Workers' own single queries do.
      return only !== undefined && others.length === 0
        ? [await statement(only).all()]
        : env.DATABASE.batch(queries.map(statement));
    }
    default:
      throw new Error(`nothing at ${path}`);
  }
}
