/** What an exporter is: how samples become a service's requests, and how its answers are read. */
import type { ExportSample } from "../../../shared/measure/export-samples.ts";

/** What a service takes at once. */
export interface ExportLimits {
  readonly bytes: number;
  readonly points: number;
}

/** What an answer of 2xx says. */
export interface Taken {
  /** Points that the service did not take. */
  readonly rejected: number;
  /** Why, in its words; null: it took all. */
  readonly words: string | null;
}

/** One service that takes metrics. Pure, but for the settings it was made with. */
export interface Exporter {
  readonly name: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: ExportLimits;
  /** Statuses after which the same request is tried again later; after others it never is. */
  readonly retryable: ReadonlySet<number>;
  /** The body of a request with these samples. */
  readonly encode: (samples: readonly ExportSample[]) => string;
  readonly taken?: (answer: unknown) => Taken;
}

/** An exporter, or why it is off or broken: names settings, never a value. */
export type ConfiguredExporter =
  | { readonly kind: "on"; readonly exporter: Exporter }
  | { readonly kind: "off" }
  | { readonly kind: "broken"; readonly name: string; readonly because: string };
