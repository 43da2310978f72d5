/**
 * Takes out of texts what must not leave (law 6): secrets by their value, and by their form what looks
 * like one or says who somebody is. A setting is a secret unless it is named here as public.
 */
import { type Redact, redacted, redactor } from "../redact.ts";

/** Settings that are no secrets, or too short to be told from other words. */
const publicSettings: ReadonlySet<string> = new Set([
  "SENTRY_ENVIRONMENT",
  "SENTRY_RELEASE",
  "SENTRY_TRACES_SAMPLE_RATE",
  "SENTRY_CRON_MONITOR_SLUG",
  "MONITOR_INFO_URL",
  "TRACE_URL",
  "DNS_RESOLVER_URL",
  "API_URL",
  "DASHBOARD_URL",
  "RUNBOOK_URL",
  "CLOUDFLARE_PLAN",
  "NTFY_URL",
  "SMTP_HOST",
  "SMTP_SECURITY",
  "SLACK_CHANNEL",
  "CHANNEL_TEST_SCHEDULE",
]);

/** A shorter value would be found in words that have nothing to do with it. */
const shortestSecret = 8;
const shortestKey = 6;
const keyName = /KEY|TOKEN|SECRET|PASS|AUTH/;
/** A part of a URL's path that long is a key, not a word. */
const shortestPathKey = 16;

/** The values of an environment that must not leave, and the keys inside of those that are URLs. */
export function secretsIn(env: object): string[] {
  return Object.entries(env).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== "string" || publicSettings.has(name)) return [];
    const trimmed = value.trim();
    const shortest = keyName.test(name) ? shortestKey : shortestSecret;
    if (trimmed.length < shortest || /^(?:[\d.,]+|\w+able[sd]?)$/.test(trimmed)) return [];
    return [value, trimmed, ...partsOf(trimmed)];
  });
}

function partsOf(value: string): string[] {
  if (!URL.canParse(value)) {
    return value.split(/[\s:,]+/).filter((part) => part.length >= shortestPathKey);
  }
  const { pathname, searchParams, username, password } = new URL(value);
  return [
    ...pathname.split("/").filter((part) => part.length >= shortestPathKey),
    ...[...searchParams.values(), username, password].filter((part) => part.length >= shortestKey),
  ];
}

type Rule = readonly [pattern: RegExp, replacement: string];

const credentials: readonly Rule[] = [
  [/\b(Bearer|Basic|Digest)\s+[\w.~+/=:-]{4,}/gi, `$1 ${redacted}`],
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|api[_-]?key|password|passwd|secret|token)(["']?\s*[:=]\s*["']?)(?!\s*(?:Bearer|Basic|Digest)\b)[^\s"'\\,;&}<]{3,}[^\r\n"'\\,&}<]*/gi,
    `$1$2${redacted}`,
  ],
  [/\bnpk_[\w-]{4,}/g, redacted],
  [/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, redacted],
  [/(\/api\/ping\/)[^\s/?#"'\\<>]+/g, `$1${redacted}`],
  [/(\b[a-z][a-z+.-]{0,20}:\/\/)[^\s/@"'\\<>]+@/gi, `$1${redacted}@`],
];

const queryStrings: Rule = [
  /((?:\b[a-z][a-z+.-]{0,20}:\/\/|\/)[^\s?"'\\<>]{0,2000})\?[^\s"'\\<>]+/gi,
  "$1?<query>",
];

const addresses: readonly Rule[] = [
  [/[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, "<email>"],
  [/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)/g, "<address>"],
  [/(?<![\w:])(?:[\da-f]{1,4}:){7}[\da-f]{1,4}(?![\w:])/gi, "<address>"],
  [
    /(?<![\w:])(?:[\da-f]{1,4}(?::[\da-f]{1,4}){0,6})?::(?:[\da-f]{1,4}(?::[\da-f]{1,4}){0,6})(?![\w:])/gi,
    "<address>",
  ],
];

/** What takes secrets out of a text, and who somebody is. */
export interface Scrubber {
  /** For our own log: secrets only. */
  readonly secrets: Redact;
  /** For what goes to somebody else: secrets, query strings, e-mail and IP addresses. */
  readonly all: Redact;
}

/** Makes the scrubber of a Worker's environment. */
export function scrubberOf(env: object): Scrubber {
  const redact = redactor(secretsIn(env));
  const apply = (text: string, rules: readonly Rule[]) =>
    rules.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
  const secrets = (text: string) => apply(redact(text), credentials);
  return { secrets, all: (text) => apply(secrets(text), [queryStrings, ...addresses]) };
}

const secretField = /authorization|cookie|password|passwd|secret|token|api[_-]?key|\bdsn\b/i;
/** Longer texts are cut; only after they were scrubbed, as half a secret is not recognised. */
const longestText = 1_000;
/** No more of a text is looked at, as no more of it can be sent. */
const longestScrubbed = 16_384;

/** Scrubs every text of a value, however deep, in place; fields named like secrets lose theirs. */
export function scrubDeep(value: unknown, scrub: Redact, seen = new Set<unknown>()): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  for (const [key, part] of Object.entries(value)) {
    if (typeof part !== "string") scrubDeep(part, scrub, seen);
    else Reflect.set(value, key, secretField.test(key) ? redacted : shown(part, scrub));
  }
}

function shown(text: string, scrub: Redact): string {
  return scrub(text.slice(0, longestScrubbed)).slice(0, longestText);
}
