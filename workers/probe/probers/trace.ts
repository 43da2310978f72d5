/** What an attempt tells of itself, in order, for a transcript. Raw: the recorder redacts it. */
export type TraceEvent =
  /** One HTTP request as it is sent; a body's content is never told. */
  | {
      readonly kind: "request";
      readonly method: string;
      readonly url: string;
      readonly headers: Iterable<readonly [string, string]>;
      /** Of the body, characters; null for none. */
      readonly bodyLength: number | null;
    }
  | {
      readonly kind: "response";
      readonly status: number;
      readonly headers: Iterable<readonly [string, string]>;
    }
  /** What was read of a body, as text; the recorder keeps its beginning. */
  | { readonly kind: "body"; readonly text: string; readonly truncated: boolean }
  /** A demand, what was seen, and whether it held. */
  | {
      readonly kind: "condition";
      readonly expected: string;
      readonly actual: string;
      readonly held: boolean;
    }
  /** Anything else worth knowing: a step begun, a connection made, bytes sent. */
  | { readonly kind: "note"; readonly text: string }
  /** A value that must not be seen anywhere in the transcript, such as a token just extracted. */
  | { readonly kind: "secret"; readonly value: string };

/** Takes what an attempt tells. Called only where a transcript is wanted: `context.trace?.(…)`. */
export type Trace = (event: TraceEvent) => void;
