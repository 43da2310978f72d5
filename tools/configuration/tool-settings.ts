/** What the tools read of the environment, beside `npm start` (tools/start/settings.ts). */
import { z } from "zod";

const text = z.string().optional();

/** Of `npm run netpost`, and of other tools that open the same database or ask the same API. */
export const netpostSettingsSchema = z.object({
  NETPOST_URL: text.meta({
    description: "The API that is asked; without it that of the `npm start` that runs",
    example: "https://monitoring.netpost.example",
  }),
  NETPOST_KEY: text.meta({
    description: "Its key: `ADMIN_TOKEN`, or `MONITORING_API_KEY` for reading",
    example: "output of `openssl rand -hex 24`",
    secret: true,
  }),
  NETPOST_STAGE: text.meta({
    description: "Which deployment is meant by `--remote`, `deploy` and `doctor`",
    example: "staging",
    usually: "production",
  }),
  NETPOST_BY: text.meta({
    description: "Who acts, as histories and incidents name them",
    example: "ann",
    usually: "your user name",
  }),
  NO_COLOR: text.meta({ description: "No colours, whatever its value", example: "1" }),
});

/** Of `npm run deploy`, and with CLOUDFLARE_… of whatever takes `--remote`. */
export const deploySettingsSchema = z.object({
  CLOUDFLARE_API_TOKEN: text.meta({
    description:
      "In place of `npx wrangler login`: a token that may edit Workers Scripts and D1 of the account",
    example: "40 letters and digits",
    secret: true,
  }),
  CLOUDFLARE_ACCOUNT_ID: text.meta({
    description: "The account, where the token reaches several",
    example: "32 hexadecimal digits",
  }),
  SENTRY_AUTH_TOKEN: text.meta({
    description:
      "Uploads source maps, with SENTRY_ORG and SENTRY_PROJECT_BACKEND; never reaches a Worker",
    example: "sntrys_…",
    secret: true,
  }),
  SENTRY_ORG: text.meta({ description: "The organisation in Sentry", example: "netpost" }),
  SENTRY_PROJECT_BACKEND: text.meta({
    description: "The project in Sentry",
    example: "netpost-monitoring",
  }),
});
