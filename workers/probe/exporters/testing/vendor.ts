/** For tests of what services outside are told: a stand-in's box for each, and what came. */
import { inject } from "vitest";
import { z } from "zod";

const stateSchema = z.object({
  requests: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      status: z.number(),
      headers: z.record(z.string(), z.unknown()),
      body: z.string(),
    }),
  ),
  components: z.record(z.string(), z.string()),
  incidents: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      status: z.string(),
      component_ids: z.array(z.string()),
      incident_updates: z.array(z.object({ body: z.string() })),
    }),
  ),
});

/** An answer that a stand-in gives in the place of its own; `lost`: done, and nothing comes back. */
export type ScriptedAnswer =
  | "lost"
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    };

/** A service of a test's own. */
export class Vendor {
  readonly #box = crypto.randomUUID();
  readonly #vendor: string;

  constructor(vendor: "otlp" | "datadog" | "new-relic" | "statuspage" | "pingdom" | "uptimerobot") {
    this.#vendor = vendor;
  }

  get url(): string {
    return `${inject("vendors").url}/${this.#vendor}/${this.#box}`;
  }

  /** Says how the next requests are answered. */
  async script(next: readonly ScriptedAnswer[], maxBytes?: number): Promise<void> {
    await this.#put({ next, ...(maxBytes !== undefined && { maxBytes }) });
  }

  /** Says what a service that watches has seen, and how the next requests are answered. */
  async watch(watched: object, next: readonly ScriptedAnswer[] = []): Promise<void> {
    await this.#put({ watched, next });
  }

  async #put(script: object): Promise<void> {
    const body = JSON.stringify(script);
    const response = await fetch(this.#control, { method: "PUT", body });
    if (!response.ok) throw new Error("the stand-in does not take this");
    await response.text();
  }

  async state(): Promise<z.infer<typeof stateSchema>> {
    const response = await fetch(this.#control);
    return stateSchema.parse(await response.json());
  }

  /** Statuses with which requests were answered, in order. */
  async answered(): Promise<number[]> {
    return (await this.state()).requests.map(({ status }) => status);
  }

  get #control(): string {
    return `${inject("vendors").url}/control/${this.#box}`;
  }
}
