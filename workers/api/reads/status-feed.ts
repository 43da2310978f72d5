/** Incidents as a feed, Atom 1.0 or RSS 2.0, written by the library `feed`. */
import { Feed } from "feed";
import type { PublicIncident } from "../../../shared/contract/api/status.ts";
import { escapeXml } from "../../../shared/escape-xml.ts";

export type FeedFormat = "atom" | "rss";

/**
 * A feed of incidents: one entry for each, whose id stays while updates are added to it.
 *
 * @param origin where the API is, for example `https://status.example`
 */
export function incidentFeed(
  incidents: readonly PublicIncident[],
  origin: string,
  format: FeedFormat,
): string {
  const entries = incidents.map((incident) => ({ incident, changed: changedAt(incident) }));
  const newest = Math.max(0, ...entries.map(({ changed }) => changed.getTime()));
  const feed = new Feed({
    id: "urn:netpost-monitoring:incidents",
    title: "NetPost incidents",
    description: "Incidents of NetPost, and what was published about them",
    link: `${origin}/api/status`,
    feedLinks: { atom: `${origin}${feedPath("atom")}`, rss: `${origin}${feedPath("rss")}` },
    language: "en",
    updated: new Date(newest),
    generator: false,
    author: { name: "NetPost" },
  });
  for (const { incident, changed } of entries) {
    const id = `urn:netpost-monitoring:incident:${incident.number}`;
    const month = incident.startedAt.slice(0, 7);
    feed.addItem({
      id,
      guid: id,
      // Both formats take a title as HTML.
      title: escapeXml(`${incident.state === "open" ? "" : "Resolved: "}${incident.title}`),
      link: `${origin}/api/status/history?month=${month}#${incident.number}`,
      date: changed,
      published: new Date(incident.startedAt),
      content: contentOf(incident),
    });
  }
  return format === "atom" ? feed.atom1() : feed.rss2();
}

/** Where a feed is served. */
export function feedPath(format: FeedFormat): string {
  return `/api/status/feed.${format}`;
}

function changedAt({ startedAt, endedAt, updates }: PublicIncident): Date {
  const times = [startedAt, endedAt, ...updates.map(({ at }) => at)];
  return new Date(Math.max(...times.map((at) => (at === null ? 0 : Date.parse(at)))));
}

function contentOf({ monitors, updates, startedAt, endedAt }: PublicIncident): string {
  const about = monitors.map(({ name }) => name).join(", ");
  const paragraphs = [
    ...(endedAt === null ? [] : [`${endedAt}: resolved.`]),
    ...updates.map(({ at, text }) => `${at}: ${text}`).toReversed(),
    `${startedAt}: began.${about === "" ? "" : ` Concerned: ${about}.`}`,
  ];
  return paragraphs.map((text) => `<p>${escapeXml(text).replaceAll("\n", "<br>")}</p>`).join("");
}
