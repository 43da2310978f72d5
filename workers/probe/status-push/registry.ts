/** The status pages that are told: a new one is a file and a line here. */
import { webhookSecrets } from "../notifiers/sign-webhook.ts";
import { mappedComponents, readStatusPushSettings } from "./settings.ts";
import type { StatusPage } from "./status-page.ts";
import { statuspage } from "./statuspage.ts";
import { statusWebhook } from "./webhook.ts";

/** The pages of an environment, and what is wrong with the settings of others: never a value. */
export interface StatusPages {
  readonly pages: readonly StatusPage[];
  readonly broken: readonly string[];
}

/** It never throws: a malformed setting breaks its own page alone. */
export function statusPagesOf(env: object): StatusPages {
  const all = [atlassian(env), webhook(env)];
  return {
    pages: all.filter((one) => one !== null && typeof one !== "string"),
    broken: all.filter((one) => typeof one === "string"),
  };
}

function atlassian(env: object): StatusPage | string | null {
  const read = readStatusPushSettings(env, [
    ...(["STATUSPAGE_API_KEY", "STATUSPAGE_PAGE_ID"] as const),
    ...(["STATUSPAGE_COMPONENTS", "STATUSPAGE_API_URL"] as const),
  ]);
  if ("mistakes" in read) return read.mistakes;
  const { STATUSPAGE_API_KEY: key, STATUSPAGE_PAGE_ID: page } = read.given;
  if (key === undefined) return null;
  if (page === undefined) return "STATUSPAGE_PAGE_ID: not set, and STATUSPAGE_API_KEY is";
  return statuspage({
    ...{ key, page },
    apiUrl: read.given.STATUSPAGE_API_URL ?? "https://api.statuspage.io",
    components: mappedComponents(read.given.STATUSPAGE_COMPONENTS ?? "") ?? [],
  });
}

function webhook(env: object): StatusPage | string | null {
  const read = readStatusPushSettings(env, ["STATUS_WEBHOOK_URL", "STATUS_WEBHOOK_SECRET"]);
  if ("mistakes" in read) return read.mistakes;
  const { STATUS_WEBHOOK_URL: url, STATUS_WEBHOOK_SECRET: secret } = read.given;
  if (url === undefined) return null;
  if (secret === undefined) return "STATUS_WEBHOOK_SECRET: not set, and STATUS_WEBHOOK_URL is";
  return statusWebhook(new URL(url), webhookSecrets(secret) ?? []);
}
