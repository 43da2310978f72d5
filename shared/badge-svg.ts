/** Badges as SVG: two fields of text, without a font, a style or anything else from elsewhere. */

import { escapeXml } from "./escape-xml.ts";

export const badgeColours = {
  green: "#2a7e3b",
  yellow: "#8a6500",
  red: "#b3261e",
  grey: "#595959",
} as const;

export type BadgeColour = keyof typeof badgeColours;

/** What a badge says. */
export interface Badge {
  readonly label: string;
  readonly value: string;
  readonly colour: BadgeColour;
}

const height = 20;
const padding = 6;

/**
 * Draws a badge. Its text is drawn as wide as its field, whatever font there is (`textLength`);
 * white on each of the colours has a contrast above 4.5 to 1 (WCAG 2.2, 1.4.3).
 */
export function badgeSvg({ label, value, colour }: Badge): string {
  const left = field(label, 0);
  const right = field(value, left.width);
  const width = left.width + right.width;
  const title = escapeXml(`${label}: ${value}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" rx="3" fill="${badgeColours[colour]}"/>`,
    `<path d="M3 0h${left.width - 3}v${height}H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#3d3d3d"/>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">`,
    left.text,
    right.text,
    "</g></svg>",
  ].join("");
}

function field(text: string, from: number): { width: number; text: string } {
  const length = widthOf(text);
  const drawn = `<text x="${from + padding}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escapeXml(text)}</text>`;
  return { width: length + 2 * padding, text: drawn };
}

/** About as wide as Verdana of 11 px is, in px; what is wider than Latin counts double. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[ilj.,:;'|!I()[\] ]/.test(character)) width += 4.5;
    else if (/[mwMW%@]/.test(character)) width += 10.5;
    else if ((character.codePointAt(0) ?? 0) > 0x2e7f) width += 13;
    else width += /[A-Z]/.test(character) ? 8 : 7;
  }
  return Math.max(1, Math.ceil(width));
}
