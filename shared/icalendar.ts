/** A calendar as iCalendar (RFC 5545): events in UTC, nothing that recurs. */

/** An event. Times in epoch seconds. */
export interface CalendarEvent {
  /** For good; one that is moved keeps it. */
  readonly uid: string;
  /** Raised with every change. */
  readonly sequence: number;
  readonly changedAt: number;
  readonly from: number;
  readonly to: number;
  readonly status: "CONFIRMED" | "CANCELLED";
  readonly summary: string;
  readonly description: string;
}

/** Writes a calendar, lines folded and ended as the RFC wants them. */
export function icalendar(name: string, events: readonly CalendarEvent[]): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//NetPost//Monitoring//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    // RFC 7986; the other one is what programs knew before.
    `NAME:${escapeText(name)}`,
    `X-WR-CALNAME:${escapeText(name)}`,
    "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    "X-PUBLISHED-TTL:PT1H",
    ...events.flatMap((event) => [
      "BEGIN:VEVENT",
      `UID:${escapeText(event.uid)}`,
      `SEQUENCE:${event.sequence}`,
      // When the information was revised: what did not change reads the same again (3.8.7.2).
      `DTSTAMP:${dateTime(event.changedAt)}`,
      `LAST-MODIFIED:${dateTime(event.changedAt)}`,
      `DTSTART:${dateTime(event.from)}`,
      `DTEND:${dateTime(event.to)}`,
      `STATUS:${event.status}`,
      `SUMMARY:${escapeText(event.summary)}`,
      `DESCRIPTION:${escapeText(event.description)}`,
      "TRANSP:TRANSPARENT",
      "END:VEVENT",
    ]),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${foldLine(line)}\r\n`).join("");
}

const mostOctets = 75;
const encoder = new TextEncoder();

/** Folds a content line: no line has more than 75 octets, and no character is cut (3.1). */
export function foldLine(line: string): string {
  const folded: string[] = [];
  let part = "";
  let octets = 0;
  for (const character of line) {
    const size = encoder.encode(character).length;
    if (octets + size > mostOctets) {
      folded.push(part);
      part = "";
      // The space that a continued line begins with counts.
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...folded, part].join("\r\n ");
}

/** A text value (3.3.11). What is no text, as control characters, is left out. */
export function escapeText(text: string): string {
  return (
    text
      .toWellFormed()
      .replaceAll("\r\n", "\n")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0009\u000B-\u001F\u007F]/g, " ")
      .replace(/[\\;,]/g, (character) => `\\${character}`)
      .replaceAll("\n", "\\n")
  );
}

function dateTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/[-:]|\.\d{3}/g, "");
}
