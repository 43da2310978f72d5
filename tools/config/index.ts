export { type ApplyOptions, applyConfigFile, checkConfigFile, planConfigFile } from "./commands.ts";
export { type Batch, d1OverBatch } from "./d1-over-batch.ts";
export type { ConfigSource } from "./load-config.ts";
export type { Applied, NoConfig, Outcome, Planned } from "./outcome.ts";
export { renderText } from "./render.ts";
