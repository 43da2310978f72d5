/** A message as text and as HTML, and the headers by which mail programs file it. */
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { fitting, moreWords, type Outline, outline, plainText } from "./render/outline.ts";
import { bytesOf, escapeHtml, oneLine } from "./render/text.ts";
import { toneColors } from "./render/tone.ts";

/** Some programs cut longer ones, bytes of HTML. */
export const emailLimits = { html: 90_000, subject: 200 };

export interface EmailParts {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * The subject is the same throughout an incident, because programs file by it: how the incident
 * stands is the first line of the text, which they show beside it.
 *
 * @param answers it is not the incident's first mail
 */
export function emailParts(message: Message, answers: boolean): EmailParts {
  const { incident, kind } = message;
  const number = incident.number === null ? "" : ` #${incident.number}`;
  const test = kind === "test" ? " Test:" : "";
  const subject = `${answers ? "Re: " : ""}[NetPost]${number}${test} ${incident.title}`;
  return fitting(
    outline(message),
    (outlined) => ({
      subject: oneLine(subject, emailLimits.subject),
      text: `${outlined.headline}\n\n${plainText(outlined, true)}\n`,
      html: htmlOf(outlined),
    }),
    ({ html }) => bytesOf(html) <= emailLimits.html,
  );
}

function htmlOf(outlined: Outline): string {
  const color = `#${toneColors[outlined.tone].toString(16).padStart(6, "0")}`;
  const facts = outlined.facts.map(
    ({ label, value }) =>
      `<tr><th align="left" valign="top" style="padding:2px 12px 2px 0">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  const monitors = outlined.monitors.map(
    ({ name, state, why }) =>
      `<li style="margin:8px 0"><strong>${escapeHtml(name)}</strong>: ${escapeHtml(state)}${why === "" ? "" : `<br>${escapeHtml(why)}`}</li>`,
  );
  const links = outlined.links.map(
    ({ label, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`,
  );
  const more = moreWords(outlined);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"></head>',
    '<body style="font-family:sans-serif;font-size:15px;line-height:1.4">',
    `<h1 style="font-size:19px;border-left:6px solid ${color};padding-left:10px">${escapeHtml(outlined.headline)}</h1>`,
    `<table>${facts.join("")}</table>`,
    ...(monitors.length === 0 ? [] : [`<ul>${monitors.join("")}</ul>`]),
    ...(more === null ? [] : [`<p><strong>${more}</strong></p>`]),
    ...(links.length === 0 ? [] : [`<p>${links.join(" · ")}</p>`]),
    "</body></html>",
  ].join("\n");
}

/** Whether a text is one plain address, with nothing that a header or an envelope reads otherwise. */
export function isAddress(text: string): boolean {
  return (
    text.length <= 254 &&
    /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/.test(
      text,
    )
  );
}

/** The Message-ID of what has a key, without its brackets: the same for the same key. */
export async function messageId(prefix: string, key: string, domain: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return `${prefix}.${hex.join("").slice(0, 40)}@${domain}`;
}
