/** What can go wrong around the local runtime, closed, so that a caller can branch on it. */
export type RuntimeErrorCode =
  | "tools-missing"
  | "config-invalid"
  | "build-failed"
  | "port-unavailable"
  | "data-folder-unusable"
  | "data-folder-in-use"
  | "migration-failed"
  | "workers-failed-to-start"
  | "runtime-ended"
  | "query-failed";

/** An error whose `message` is written for people: print it as it is, without the stack. */
export class RuntimeError extends Error {
  override readonly name = "RuntimeError";
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** @returns The message of anything that was thrown, without its stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
