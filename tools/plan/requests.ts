/** How many requests and connections a probe makes: each counts against the platform's limit. */
import type { Monitor } from "../../shared/domain/monitor.ts";
import type { Probe } from "../../shared/domain/probes/probe.ts";
import type { Case } from "./load.ts";

/** A look-up asks for IPv4 addresses, and where there are none for IPv6 ones. */
const lookUp = 2;
/** A diagnosis connects, and asks by hand what comes back; under TLS it shakes hands in between. */
const plainDiagnosis = lookUp + 2;
const secureDiagnosis = plainDiagnosis + 1;
/** A certificate that cannot be read: whether HTTPS is answered is looked at instead. */
const managedRequest = 1;

/** Of one probe; in the worst case of all its attempts, and of the diagnosis after the last. */
export function requestsOf({ probe, retry }: Monitor, which: Case): number {
  if (which === "typical") return ofAttempt(probe, which);
  return retry.attempts * ofAttempt(probe, which) + ofDiagnosis(probe);
}

function ofAttempt(probe: Probe, which: Case): number {
  const isWorst = which === "worst";
  const hops = (redirects = 0) => 1 + (isWorst ? redirects : 0);
  switch (probe.kind) {
    case "http":
      return hops(probe.redirects);
    case "transaction":
      return probe.steps.reduce((sum, { redirects }) => sum + hops(redirects), 0);
    case "tcp":
      return 1 + (isWorst ? lookUp : 0);
    case "tls":
      return 1 + (isWorst ? lookUp + managedRequest : 0);
    case "dns":
    case "websocket":
      return 1;
    case "heartbeat":
      return 0;
  }
}

/** Only a fetch that fails is diagnosed: it does not tell why by itself. */
function ofDiagnosis(probe: Probe): number {
  switch (probe.kind) {
    case "http":
    case "websocket":
      return ofUrls([probe]);
    case "transaction":
      return ofUrls(probe.steps);
    default:
      return 0;
  }
}

function ofUrls(asked: readonly { readonly url: string }[]): number {
  return asked.some(({ url }) => /^(?:https|wss):/i.test(url)) ? secureDiagnosis : plainDiagnosis;
}
