import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readConfigFields, staleWords } from "./config-fields.ts";
import { documentFile, renderConfiguration } from "./render.ts";
import { readSettings } from "./settings.ts";

const root = new URL("../../", import.meta.url);

/** The owner's list. */
const named = `MONITORING_API_KEY ADMIN_TOKEN SENTRY_DSN_BACKEND NEXT_PUBLIC_SENTRY_DSN_DASHBOARD
  SENTRY_ORG SENTRY_PROJECT_DASHBOARD SENTRY_PROJECT_BACKEND SENTRY_AUTH_TOKEN ALERT_EMAIL_ENABLED
  ALERT_EMAIL_RECIPIENTS SMTP_HOST SMTP_PORT SMTP_USER SMTP_PASS SLACK_WEBHOOK_URL SLACK_CHANNEL
  SLACK_MENTION_USERS PAGERDUTY_INTEGRATION_KEY ALERT_WEBHOOK_URL ALERT_WEBHOOK_SECRET
  DATADOG_API_KEY NEW_RELIC_LICENSE_KEY PINGDOM_API_KEY UPTIMEROBOT_API_KEY`.split(/\s+/);

it("every setting that the owner named is there, and each says what it is, with an example", async () => {
  const settings = await readSettings();
  expect(named.filter((name) => !settings.some((setting) => setting.name === name))).toEqual([]);
  const wordless = settings.filter(
    ({ description, example }) => description === "" || example === "",
  );
  expect(wordless.map(({ name, file }) => `${name} (${file})`)).toEqual([]);
});

it("every field of the configuration file says what it is, and no words are left over", () => {
  const fields = readConfigFields();
  const wordless = fields.filter(({ words }) => words === null);
  expect(wordless.map(({ section, name }) => `${section} ${name}`)).toEqual([]);
  expect(staleWords(fields)).toEqual([]);
  expect(fields.find(({ name }) => name === "windowSeconds")).toMatchObject({
    section: "metrics[]",
    allowed: "whole number, 60 to 10800",
    usually: "300",
  });
});

it("docs/configuration.md is what the schemas say", async () => {
  expect(readFileSync(new URL(documentFile, root), "utf8")).toBe(await renderConfiguration());
});

it("nothing but a schema reads a setting of a Worker from its environment", () => {
  const bindings =
    /\benv\.(?!(?:DB|REGION|PLAN_KEEPER|PROBE|[A-Z_]*RATE_LIMIT\w*)\b)[A-Z][A-Z0-9_]+/;
  const files = globSync("{workers,shared}/**/*.ts", { cwd: root.pathname }).filter(
    (file) => !/\.test\.ts$|\/testing\//.test(file),
  );
  const reading = files.filter((file) => bindings.test(readFileSync(new URL(file, root), "utf8")));
  expect(reading).toEqual([]);
});
