import { systemClock } from "../../../shared/clock.ts";
import { version } from "../../../shared/version.ts";
import { type Env, parseSettings } from "../env.ts";
import { secretsOf } from "../probers/secrets.ts";
import type { ProbeSurroundings } from "./run-probe.ts";

/**
 * What a probe from a region takes from outside.
 *
 * @param region its id, which targets are told
 */
export function probeSurroundings(region: string, env: Env): ProbeSurroundings {
  const { MONITOR_INFO_URL, DNS_RESOLVER_URL, ALLOW_PRIVATE_TARGETS } = parseSettings(env);
  return {
    clock: systemClock,
    draw: Math.random,
    userAgent: `NetPost-Monitor/${version} (${region}; +${MONITOR_INFO_URL})`,
    allowsPrivate: ALLOW_PRIVATE_TARGETS,
    resolverUrl: DNS_RESOLVER_URL,
    secrets: secretsOf(env),
  };
}
