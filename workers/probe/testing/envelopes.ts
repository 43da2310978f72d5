import { z } from "zod";
import { Box } from "../notifiers/testing/receiving.ts";

const itemSchema = z.looseObject({
  message: z.string().optional(),
  status: z.string().optional(),
  transaction: z.string().optional(),
  fingerprint: z.array(z.string()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
});

export type EnvelopeItem = z.infer<typeof itemSchema> & { readonly kind: string };

/** Stands in for Sentry on a place of its own at the receiver. */
export class SentryBox extends Box {
  /** What a Worker's SENTRY_DSN_BACKEND is to be. */
  readonly dsn: string = `${this.url.replace("http://", "http://abcdef0123@")}/42`;

  /** The items of the envelopes that came, the oldest first. */
  async items(): Promise<EnvelopeItem[]> {
    const requests = await this.requests();
    return requests.map(({ path, body }) => {
      if (!path.includes("/api/42/envelope/")) throw new Error(`not Sentry's path: ${path}`);
      const [, header = "", item = ""] = body.split("\n");
      const { type } = z.object({ type: z.string() }).parse(JSON.parse(header));
      return { ...itemSchema.parse(JSON.parse(item)), kind: type };
    });
  }
}
