import type { ProvidedContext } from "vitest";

/** Whom servers for tests are started for. */
export interface ServerHost {
  /** How many test files run at a time. */
  readonly maxWorkers: number;
  /** Tells tests where a server is; they `inject` it. */
  provide<K extends keyof ProvidedContext>(key: K, value: ProvidedContext[K]): void;
}
