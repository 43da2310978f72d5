/** The post-incident review, and the incident as a page of Markdown. */
import type { DeadlineState } from "./priority.ts";
import { durationWords, type TimelineEntry } from "./timeline.ts";

export interface ReviewAction {
  readonly text: string;
  readonly owner: string | null;
  /** A date, YYYY-MM-DD. */
  readonly dueOn: string | null;
  readonly done: boolean;
}

/** What people found out afterwards. Epoch seconds. */
export interface Review {
  readonly summary: string;
  readonly impact: string;
  readonly rootCause: string;
  readonly detection: string;
  readonly wentWell: string;
  readonly wentBadly: string;
  readonly actions: readonly ReviewAction[];
  readonly writtenAt: number;
  readonly writtenBy: string;
}

/** What the page tells. Epoch seconds. */
export interface ReviewedIncident {
  readonly number: number;
  readonly title: string;
  readonly severity: string;
  readonly priority: string;
  readonly startedAt: number;
  readonly detectedAt: number;
  readonly endedAt: number | null;
  readonly assignee: string | null;
  readonly falseAlarm: boolean;
  readonly deadlines: readonly DeadlineState[];
  readonly outages: readonly {
    readonly monitor: string;
    readonly startedAt: number;
    readonly endedAt: number | null;
  }[];
  readonly timeline: readonly TimelineEntry[];
  readonly review: Review | null;
}

/** How times are written. */
export type WriteInstant = (seconds: number) => string;

/** The incident and its review as Markdown; what people and targets wrote cannot add structure. */
export function reviewMarkdown(of: ReviewedIncident, now: number, instant: WriteInstant): string {
  const end = of.endedAt ?? now;
  const lines = [
    `# Incident ${of.number}: ${plain(of.title)}`,
    "",
    `- Severity: ${of.severity}`,
    `- Priority: ${of.priority}`,
    `- Began: ${instant(of.startedAt)}`,
    `- Detected: ${instant(of.detectedAt)} (after ${durationWords(of.detectedAt - of.startedAt)})`,
    `- Ended: ${of.endedAt === null ? "not yet" : instant(of.endedAt)} (${durationWords(end - of.startedAt)})`,
    `- Assigned to: ${of.assignee === null ? "nobody" : plain(of.assignee)}`,
    ...(of.falseAlarm ? ["- It was a false alarm."] : []),
    "",
    "## Impact",
    "",
    ...paragraph(of.review?.impact),
    ...outageTable(of, now, instant),
    "## Deadlines",
    "",
    "| Deadline | Due | Met | |",
    "| --- | --- | --- | --- |",
    ...of.deadlines.map(
      ({ kind, dueAt, metAt, state }) =>
        `| ${kind} | ${instant(dueAt)} | ${metAt === null ? "–" : instant(metAt)} | ${state} |`,
    ),
    "",
    ...sections(of.review),
    "## Timeline",
    "",
    "| Time | Who | What |",
    "| --- | --- | --- |",
    ...of.timeline.map(
      ({ at, author, text }) =>
        `| ${instant(at)} | ${author === null ? "monitoring" : plain(author)} | ${plain(text)} |`,
    ),
    "",
  ];
  return lines.join("\n");
}

function outageTable(of: ReviewedIncident, now: number, instant: WriteInstant): string[] {
  if (of.outages.length === 0) return [];
  return [
    "| Monitor | Down from | Until | For |",
    "| --- | --- | --- | --- |",
    ...of.outages.map(({ monitor, startedAt, endedAt }) => {
      const until = endedAt === null ? "not yet" : instant(endedAt);
      const lasted = durationWords((endedAt ?? now) - startedAt);
      return `| ${plain(monitor)} | ${instant(startedAt)} | ${until} | ${lasted} |`;
    }),
    "",
  ];
}

function sections(review: Review | null): string[] {
  if (review === null) return ["## Review", "", "_Not written yet._", ""];
  const section = (title: string, text: string) => [`## ${title}`, "", ...paragraph(text)];
  return [
    ...section("Summary", review.summary),
    ...section("Root cause", review.rootCause),
    ...section("Detection", review.detection),
    ...section("What went well", review.wentWell),
    ...section("What went badly", review.wentBadly),
    "## Actions",
    "",
    ...(review.actions.length === 0 ? ["_None._"] : review.actions.map(actionLine)),
    "",
  ];
}

function actionLine({ text, owner, dueOn, done }: ReviewAction): string {
  const who = [owner === null ? [] : [plain(owner)], dueOn === null ? [] : [`by ${dueOn}`]].flat();
  return `- [${done ? "x" : " "}] ${plain(text)}${who.length === 0 ? "" : ` (${who.join(", ")})`}`;
}

/** Text of people: its paragraphs stay, each on a line that is no heading, list or table. */
function paragraph(text: string | undefined): string[] {
  const lines = (text ?? "").split(/\r\n|\r|\n/).map((line) => plain(line));
  return lines.some((line) => line !== "") ? [...lines, ""] : ["_Nothing was written._", ""];
}

/** One line in which no character means anything to Markdown. */
function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>#|~!&]/g, "\\$&")
    .replace(/^[-+=]/, "\\$&")
    .replace(/^(\d+)([.)])/, "$1\\$2");
}
