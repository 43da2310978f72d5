/** How a report says numbers and times to people. */
import type { Kpi } from "../domain/kpi.ts";
import type { ReportKind } from "../domain/report.ts";

/** What stands where there is no number. */
export const nothing = "–";

/** A percentage as it is, without zeros that say nothing: `99.95 %`. */
export function percent(value: number | null): string {
  return value === null ? nothing : `${String(value).replace("-", "−")} %`;
}

/** A fraction as a percentage, rounded down: what misses its target must not look met. */
export function fractionAsPercent(fraction: number | null, decimals = 4): string {
  if (fraction === null) return nothing;
  const factor = 10 ** decimals;
  // The inner rounding takes away what floating point put in.
  return percent(Math.floor(Number((fraction * 100 * factor).toFixed(3))) / factor);
}

const units: readonly (readonly [string, number])[] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** Seconds in the two largest units: `1 h 20 min`. */
export function duration(seconds: number | null): string {
  if (seconds === null) return nothing;
  let rest = Math.round(seconds);
  const first = units.findIndex(([, length]) => rest >= length);
  if (first === -1) return "0 s";
  return units
    .slice(first, first + 2)
    .flatMap(([unit, length]) => {
      const count = Math.floor(rest / length);
      rest -= count * length;
      return count > 0 ? [`${count} ${unit}`] : [];
    })
    .join(" ");
}

/** Milliseconds: whole from ten on. */
export function milliseconds(value: number | null): string {
  if (value === null) return nothing;
  return `${value < 10 ? Math.round(value * 10) / 10 : grouped(Math.round(value))} ms`;
}

/** A whole number, its thousands apart. */
export function grouped(count: number): string {
  return new Intl.NumberFormat("en-GB").format(count);
}

/** An indicator's number in its unit. */
export function inUnit(value: number | string, unit: Kpi["unit"]): string {
  if (typeof value === "string") return value;
  if (unit === "seconds") return duration(value);
  if (unit === "milliseconds") return milliseconds(value);
  if (unit === "percent") return fractionAsPercent(value / 100);
  return String(Math.round(value * 10) / 10);
}

/** What a target asks for: `at least 99.9 %`. */
export function targetInWords({ target, unit }: Kpi): string {
  if (target === null) return nothing;
  return `${target.bound.replace("-", " ")} ${inUnit(target.value, unit)}`;
}

/** Names of counts, as people read them: `falseAlarms 1` becomes `false alarms: 1`. */
export function countsInWords(from: Kpi["from"]): string {
  return Object.entries(from)
    .map(([name, value]) => {
      const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      if (typeof value === "number" && name.endsWith("Seconds")) {
        return `${words.replace(/ seconds$/, "")}: ${duration(value)}`;
      }
      return `${words}: ${typeof value === "number" ? grouped(value) : value}`;
    })
    .join(", ");
}

const kindWords: Readonly<Record<ReportKind, string>> = {
  daily: "Daily",
  weekly: "Weekly",
  monthly: "Monthly",
};

/** `Daily SLA report`. */
export function reportTitle(kind: ReportKind): string {
  return `${kindWords[kind]} SLA report`;
}

/** Says moments of a time zone. */
export interface ZoneWords {
  /** `Sunday 22 November 2026`, `Week 47 of 2026`, `November 2026`. */
  period(kind: ReportKind, name: string, from: string): string;
  /** `22 Nov 2026, 14:05`. */
  moment(instant: string): string;
}

/** How moments are said in a zone. Throws on an unknown one. */
export function zoneWords(timeZone: string): ZoneWords {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone });
  const moment = format({ dateStyle: "medium", timeStyle: "short" });
  const day = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const month = format({ month: "long", year: "numeric" });
  return {
    moment: (instant) => moment.format(new Date(instant)),
    period(kind, name, from) {
      if (kind === "weekly") {
        const [year = "", week = ""] = name.split("-W");
        return `Week ${Number(week)} of ${year}`;
      }
      // Whether a comma follows the weekday depends on whose tables of languages it is.
      return (kind === "daily" ? day : month).format(new Date(from)).replace(",", "");
    },
  };
}
