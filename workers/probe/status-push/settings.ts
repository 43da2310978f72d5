/**
 * Settings of status pages elsewhere. They are parsed apart from the others: a mistake in one turns
 * its own page off, which is said once, and stops nothing else.
 */
import { z } from "zod";
import { channelUrlWords, isChannelUrl } from "../notifiers/secret.ts";
import { webhookSecrets, webhookSecretWords } from "../notifiers/sign-webhook.ts";

const url = z.string().trim().refine(isChannelUrl, channelUrlWords);
const id = /^[A-Za-z0-9_-]{1,64}$/;

/** A monitor's id or a group's name, and the component that shows it. */
export interface MappedComponent {
  readonly of: string;
  readonly component: string;
}

/** The entries of `name=component,name=component`; null where malformed. */
export function mappedComponents(text: string): MappedComponent[] | null {
  const entries = text.split(/[,\n]/).filter((entry) => entry.trim() !== "");
  const mapped = entries.map((entry) => {
    const at = entry.lastIndexOf("=");
    const component = entry.slice(at + 1).trim();
    return { of: entry.slice(0, Math.max(0, at)).trim(), component };
  });
  const isGood = mapped.every((one) => one.of !== "" && id.test(one.component));
  return isGood && mapped.length <= 200 ? mapped : null;
}

/** What they are; docs/configuration.md is made from this. */
export const statusPushSettingsSchema = z
  .object({
    STATUSPAGE_API_KEY: z
      .string()
      .trim()
      .regex(/^[\x21-\x7e]+$/, "the key as Statuspage shows it: no blanks, ASCII")
      .meta({
        description: "Tells Atlassian Statuspage of status and incidents; needs STATUSPAGE_PAGE_ID",
        example: "a UUID",
        secret: true,
      }),
    STATUSPAGE_PAGE_ID: z
      .string()
      .trim()
      .regex(id, "the id of a page: letters and digits")
      .meta({ description: "The page that is told", example: "kctbh9vrtdwd" }),
    STATUSPAGE_COMPONENTS: z
      .string()
      .refine(
        (text) => mappedComponents(text) !== null,
        "name=component, name=component: ids of monitors or names of groups, and ids of components; at most 200",
      )
      .meta({
        description:
          "Which component shows which monitor or group; without it the page is told of incidents alone",
        example: "Core=8kbf7d35c070, dashboard-home=vtnh60py4yd7",
      }),
    STATUSPAGE_API_URL: url.meta({
      description: "A proxy that passes requests on to Statuspage",
      example: "https://proxy.netpost.example",
      usually: "https://api.statuspage.io",
    }),
    STATUS_WEBHOOK_URL: url.meta({
      description:
        "Is sent the public state whenever it changes, signed; needs STATUS_WEBHOOK_SECRET",
      example: "https://hooks.netpost.example/status",
      secret: true,
    }),
    STATUS_WEBHOOK_SECRET: z
      .string()
      .refine((text) => webhookSecrets(text) !== null, webhookSecretWords)
      .meta({
        description: "Signs it; two with a space between while it is changed",
        example: 'output of `echo "whsec_$(openssl rand -base64 32)"`',
        secret: true,
      }),
  })
  .partial();

export type StatusPushSetting = keyof typeof statusPushSettingsSchema.shape;

/** Some of the settings as they are given, or what is wrong with them; empty ones are unset. */
export function readStatusPushSettings(
  env: object,
  names: readonly StatusPushSetting[],
): { readonly given: z.infer<typeof statusPushSettingsSchema> } | { readonly mistakes: string } {
  const present = names.flatMap((name) => {
    const value: unknown = Reflect.get(env, name);
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  const parsed = statusPushSettingsSchema.safeParse(Object.fromEntries(present));
  if (parsed.success) return { given: parsed.data };
  const words = parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
  return { mistakes: words.join("; ") };
}
