/** What a field of a log line may be. Never a secret, never a target's answer. */
export type LogValue =
  | string
  | number
  | boolean
  | null
  | readonly LogValue[]
  | { readonly [key: string]: LogValue };

/** Writes one JSON object on one line, as the platform's log search expects. */
export function log(
  level: "info" | "warn" | "error",
  event: string,
  fields: Readonly<Record<string, LogValue>>,
): void {
  console[level](JSON.stringify({ level, event, ...fields }));
}

/** An error as a log field: its name and message, without the stack. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
