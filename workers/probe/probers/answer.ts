import type { JSONValue } from "json-p3";
import { queryValues } from "../../../shared/json-path.ts";

/** A body as JSON, or why it is none. */
export type JsonBody =
  | { readonly ok: true; readonly value: JSONValue }
  | { readonly ok: false; readonly why: string };

/** What was read of a body. */
export interface Body {
  /** Empty where nothing needs it. */
  readonly text: string;
  /** Decompressed; where truncated, what was read. */
  readonly bytes: number;
  /** It was longer than is read. */
  readonly truncated: boolean;
  /** What is not UTF-8 was replaced. */
  readonly malformed: boolean;
}

/** What conditions are put to. */
export interface Answer extends Body {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly latencyMs: number;
  /** Parsed at the first call. */
  readonly json: () => JsonBody;
}

/** An answer from its parts. */
export function answerOf(parts: Omit<Answer, "json">): Answer {
  let json: JsonBody | undefined;
  return {
    ...parts,
    json: () => {
      json ??= parse(parts);
      return json;
    },
  };
}

function parse({ text, malformed }: Body): JsonBody {
  if (malformed) return { ok: false, why: "the body is not UTF-8" };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, why: "the body is not JSON" };
  }
}

/** What a query selects in an answer's body, or why that cannot be said. */
export function select(
  answer: Answer,
  path: string,
):
  | { readonly ok: true; readonly values: readonly JSONValue[] }
  | { readonly ok: false; readonly why: string } {
  const document = answer.json();
  if (!document.ok) return document;
  try {
    return { ok: true, values: queryValues(path, document.value) };
  } catch {
    // Nested too deeply, or too much of it: the document's doing, for the query was checked.
    return { ok: false, why: `${path} cannot be put to a document such as the body` };
  }
}

/** The numbers that queries select, by name; a query that selects no number is left out. */
export function metricsOf(
  queries: Readonly<Record<string, string>>,
  answer: Answer,
): Record<string, number> {
  const metrics: Record<string, number> = {};
  if (answer.truncated) return metrics;
  for (const [name, path] of Object.entries(queries)) {
    const selected = select(answer, path);
    const [value] = selected.ok ? selected.values : [];
    if (typeof value === "number" && Number.isFinite(value)) metrics[name] = value;
  }
  return metrics;
}
