import { z } from "zod";
import { settings } from "../../../shared/config/settings.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { fillTemplate, referencesIn } from "../../../shared/template.ts";
import { deliverByHttp } from "./http-delivery.ts";
import { MisconfiguredChannel, type Notifier, type NotifierContext } from "./notifier.ts";
import { fitting, outline, plainText } from "./render/outline.ts";
import { escapeHtml } from "./render/text.ts";
import { isoSeconds } from "./render/time.ts";
import { channelUrlWords, isChannelUrl } from "./secret.ts";

/** What `{{…}}` in a template can name, beside secrets. */
export const templateNames = [
  "kind",
  "state",
  "severity",
  "priority",
  "title",
  "headline",
  "text",
  "number",
  "startedAt",
  "endedAt",
  "at",
  "dedupKey",
  "idempotencyKey",
  "monitors",
  "incidentUrl",
  "acknowledgeUrl",
  "runbookUrl",
] as const;

const secretReference = /^secret\.[A-Z][A-Z0-9_]*$/;
const isKnown = (name: string) =>
  secretReference.test(name) || templateNames.some((known) => known === name);
const knownWords = `a reference is {{secret.NAME}} or one of ${templateNames.join(", ")}`;

const templateText = z
  .string()
  .max(20_000)
  .refine(
    (text) =>
      referencesIn(text).every(isKnown) && !text.replaceAll(/\{\{[^{}]*\}\}/g, "").includes("{{"),
    knownWords,
  );

const templateSettings = settings({
  url: templateText,
  method: z.enum(["POST", "PUT", "PATCH"]).default("POST"),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "the name of a header"),
      templateText,
    )
    .default({}),
  /** By its content type values are escaped: JSON, a form, XML or HTML, or plain text. */
  contentType: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+(?:; ?charset=utf-8)?$/i, "a content type")
    .default("application/json"),
  body: templateText,
}).refine(
  ({ contentType, body }) => !isJson(contentType) || isJsonTemplate(body),
  "the body is not JSON once it is filled in; a reference stands between quotation marks",
);

/** Characters of `{{text}}`. */
const longestText = 3_000;

/** A request of any form, for receivers that have no notifier of their own. */
export const template: Notifier<z.infer<typeof templateSettings>> = {
  kind: "template",
  settings: templateSettings,
  send(message, { url, method, headers, contentType, body }, context) {
    const values = valuesOf(message, context);
    const target = fillUrl(url, values);
    if (!isChannelUrl(target)) {
      throw new MisconfiguredChannel(`url: not ${channelUrlWords} once it is filled in`);
    }
    const filled = Object.entries(headers).map(([name, text]) => [
      name,
      headerOf(name, text, values),
    ]);
    return deliverByHttp(
      {
        url: new URL(target),
        method,
        headers: { ...Object.fromEntries(filled), "Content-Type": contentType },
        body: fill(body, values, encodingOf(contentType)),
      },
      context,
      { success: () => ({ ok: true, receipt: message.incident.dedupKey }) },
    );
  },
};

/** A secret at the very beginning is taken as it is, as a URL; every other value is encoded. */
function fillUrl(text: string, values: ReadonlyMap<string, string>): string {
  const [start = ""] = /^\{\{\s*secret\.[^{}]*\}\}/.exec(text) ?? [];
  const whole = fill(start, values, (value) => value.trim());
  return whole + fill(text.slice(start.length), values, encodeURIComponent);
}

function headerOf(name: string, text: string, values: ReadonlyMap<string, string>): string {
  // Beyond ASCII a header has no agreed encoding, and a line break would begin another one.
  const safe = (value: string) => value.replaceAll(/[^\x20-\x7e]+/g, "?");
  const header = fill(text, values, safe);
  if (/^[\x20-\x7e]*$/.test(header)) return header;
  throw new MisconfiguredChannel(`headers.${name}: not ASCII, or more than one line`);
}

function fill(
  text: string,
  values: ReadonlyMap<string, string>,
  encode: (value: string) => string,
): string {
  const filled = fillTemplate(text, values, encode);
  if (filled.ok) return filled.text;
  const names = filled.missing.map((name) => name.replace(/^secret\./, ""));
  throw new MisconfiguredChannel(`${names.join(", ")} is not set`);
}

function encodingOf(contentType: string): (value: string) => string {
  if (isJson(contentType)) return (value) => JSON.stringify(value).slice(1, -1);
  if (/x-www-form-urlencoded/i.test(contentType)) return encodeURIComponent;
  if (/xml|html/i.test(contentType)) return escapeHtml;
  return (value) => value;
}

function isJson(contentType: string): boolean {
  return /[/+]json\b/i.test(contentType);
}

/** Whether it is JSON whatever the values are: with each that could break out of its place. */
function isJsonTemplate(body: string): boolean {
  return ["x", "1"].every((value) => {
    try {
      JSON.parse(body.replaceAll(/\{\{[^{}]*\}\}/g, value));
      return true;
    } catch {
      return false;
    }
  });
}

function valuesOf(message: Message, { secrets }: NotifierContext): Map<string, string> {
  const { kind, incident, monitors, links, idempotencyKey, at } = message;
  const outlined = outline(message);
  const text = fitting(
    outlined,
    (shown) => plainText(shown, true),
    (words) => words.length <= longestText,
  );
  const values: Record<(typeof templateNames)[number], string> = {
    kind,
    state: incident.endedAt === null ? "open" : "resolved",
    severity: incident.severity,
    priority: incident.priority,
    title: outlined.title,
    headline: outlined.headline,
    text,
    number: incident.number === null ? "" : String(incident.number),
    startedAt: isoSeconds(incident.startedAt),
    endedAt: incident.endedAt === null ? "" : isoSeconds(incident.endedAt),
    at: isoSeconds(at),
    dedupKey: incident.dedupKey,
    idempotencyKey,
    monitors: monitors.map(({ id }) => id).join(", "),
    incidentUrl: links.incident ?? "",
    acknowledgeUrl: links.acknowledge ?? "",
    runbookUrl: links.runbook ?? "",
  };
  const named = [...secrets].map(([name, value]): [string, string] => [`secret.${name}`, value]);
  return new Map([...Object.entries(values), ...named]);
}
