/** A probe's transcript as people read it. */
import type { z } from "zod";
import type { probeNowResponseSchema } from "../../shared/contract/api/probe-now.ts";
import type {
  RegionTranscript,
  Transcript,
  TranscriptAttempt,
  TranscriptEvent,
} from "../../shared/contract/transcript.ts";
import type { Paint } from "../config/paint.ts";
import { colours } from "./status-colours.ts";

/** Every region's transcript, one after another, a time in ms before each line. */
export function renderTranscripts(
  { monitor, askedAt, regions }: z.output<typeof probeNowResponseSchema>,
  paint: Paint,
): string {
  const parts = Object.entries(regions).map(([id, told]) => regionLines(id, told, paint));
  return [`${monitor}, probed at ${askedAt}`, ...parts.flatMap((lines) => ["", ...lines])].join(
    "\n",
  );
}

function regionLines(id: string, told: RegionTranscript, paint: Paint): string[] {
  const name = paint("bold", id);
  if (told.kind === "failed") {
    return [`${name}  ${paint("gray", "unknown")}, our own fault: ${told.reason}; ${told.detail}`];
  }
  const { result, tookMs, attempts, diagnosis } = told.transcript;
  const several = attempts.length > 1;
  return [
    `${name}  ${summary(result, paint)}, ${tookMs} ms in all`,
    ...attempts.flatMap((attempt, index) => [
      ...(several ? [`  attempt ${index + 1}: ${summary(attempt, paint)}`] : []),
      ...attempt.events.flatMap((event) => eventLines(event, paint)),
      ...nextLines(attempt, several),
    ]),
    ...(diagnosis === null ? [] : diagnosisLines(diagnosis)),
    ...metricLines(result.metrics),
  ];
}

function summary(
  { outcome, detail, latencyMs }: Pick<Transcript["result"], "outcome" | "detail" | "latencyMs">,
  paint: Paint,
): string {
  const latency = latencyMs === null ? "" : ` in ${latencyMs} ms`;
  const why = detail === null ? "" : `: ${detail}`;
  return `${paint(colours[outcome], outcome)}${latency}${why}`;
}

function eventLines(event: TranscriptEvent, paint: Paint): string[] {
  const at = (text: string) => `  ${String(event.atMs).padStart(6)}  ${text}`;
  const more = (text: string) => `          ${text}`;
  switch (event.kind) {
    case "request":
      return [
        at(`→ ${event.line}`),
        ...event.headers.map(([name, value]) => more(`  ${name}: ${value}`)),
        ...(event.bodyLength === null ? [] : [more(`  (a body of ${event.bodyLength} bytes)`)]),
      ];
    case "response":
      return [
        at(`← status ${event.status}`),
        ...event.headers.map(([name, value]) => more(`  ${name}: ${value}`)),
      ];
    case "body":
      return [
        at(`← ${event.truncated ? "the beginning of the body:" : "body:"}`),
        ...event.text.split("\n").map((line) => more(`  ${printable(line)}`)),
      ];
    case "condition": {
      const mark = event.held ? paint("green", "✓") : paint("red", "✗");
      return [at(`${mark} ${event.expected}${event.held ? "" : `; it was: ${event.actual}`}`)];
    }
    case "note":
      return [at(`· ${event.text}`)];
  }
}

function nextLines({ next }: TranscriptAttempt, several: boolean): string[] {
  if (next.retry) return [`          again in ${next.pauseMs} ms`];
  return several ? [`          no further attempt: ${next.because}`] : [];
}

function diagnosisLines({ reason, findings }: NonNullable<Transcript["diagnosis"]>): string[] {
  return [`  diagnosis: ${reason}`, ...findings.map((finding) => `          ${finding}`)];
}

function metricLines(metrics: Readonly<Record<string, number>>): string[] {
  const told = Object.entries(metrics).map(([name, value]) => `${name} ${value}`);
  return told.length > 0 ? [`  metrics: ${told.join(", ")}`] : [];
}

/** A target's answer shall not steer the terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "�");
}
