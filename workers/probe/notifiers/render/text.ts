/** Texts that others chose: names, details, notes. */

/**
 * Control characters, line breaks of every kind, what turns the direction of writing, and what
 * takes no room: none of it belongs into one line that people read.
 */
const unreadable =
  /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/** A text on one line, without anything that changes how the rest is read. */
export function oneLine(text: string, longest: number): string {
  const line = text.toWellFormed().replaceAll(unreadable, " ").replaceAll(/\s+/g, " ").trim();
  return cut(line, longest);
}

/** A text of at most so many UTF-16 units; what is cut off shows as an ellipsis. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // Half a character is none.
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** How many bytes a text takes as UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

const htmlEntities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text as HTML and XML write it, in attributes too. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => htmlEntities[character] ?? character);
}
