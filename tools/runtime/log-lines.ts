import { stripVTControlCharacters } from "node:util";
import { MARK } from "./log-mark.ts";
import { WORKERS, type WorkerKey } from "./project.ts";

export type LogLine = {
  /** Who printed it: a Worker, or workerd (and miniflare) itself. */
  readonly from: WorkerKey | "workerd";
  /** What the level means for a terminal: `warn` and `error` go to stderr. */
  readonly stream: "stdout" | "stderr";
  readonly level: string;
  /** What was printed, without a newline at its end; a stack trace has newlines inside. */
  readonly text: string;
};

/**
 * workerd writes all output, `console.error` too, to its stdout as `{timestamp, level, message}`,
 * and does not say which Worker it came from: the streams are made up from the level, and the
 * Worker from the mark that worker-modules.ts puts before each line.
 *
 * @param withSources Replaces places in bundles, see source-positions.ts.
 */
export function toLogLine(
  { level, message }: { readonly level: string; readonly message: string },
  withSources: (text: string) => string,
): LogLine {
  const marked = WORKERS.find((key) => message.startsWith(MARK + key + MARK));
  const text = marked === undefined ? message : unmarked(message, MARK + marked + MARK);
  return {
    from: marked ?? "workerd",
    stream: level === "warn" || level === "error" ? "stderr" : "stdout",
    level,
    text: withSources(stripVTControlCharacters(text)),
  };
}

/** Before a value that is no string, the mark is an argument of its own, followed by a space. */
function unmarked(message: string, mark: string): string {
  const text = message.slice(mark.length);
  return text.startsWith(" ") ? text.slice(1) : text;
}
