import { version } from "../../../shared/version.ts";
import { type Env, parseSettings } from "../env.ts";

/** What services outside are told of who tells them. */
export function serviceAgent(env: Env): string {
  return `NetPost-Monitor/${version} (+${parseSettings(env).MONITOR_INFO_URL})`;
}
