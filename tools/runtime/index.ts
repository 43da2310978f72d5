export type { QueryResult, SqlQuery, SqlValue, TickOutcome } from "./control-client.ts";
export {
  type ApiAddress,
  type ControlAddress,
  runningApi,
  runningControl,
} from "./data-folder.ts";
export { RuntimeError, type RuntimeErrorCode } from "./errors.ts";
export type { LogLine } from "./log-lines.ts";
export type { WorkerKey } from "./project.ts";
export { type Runtime, type RuntimeOptions, startRuntime } from "./start-runtime.ts";
export type { WorkerdEnd } from "./workerd.ts";
