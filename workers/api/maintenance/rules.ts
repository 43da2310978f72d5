/** What a maintenance window has to be, beyond what its schema says. */
import type { TimingInput } from "../../../shared/contract/api/maintenance.ts";
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import { cronProblem, isTimeZone } from "../../../shared/cron.ts";
import type { Selector, Timing } from "../../../shared/domain/maintenance.ts";
import type { Plan } from "../../../shared/domain/plan.ts";

/** A year and a day: longer is a monitor that should not be watched. */
const longestSeconds = 366 * 86_400;

/** A timing, or what is wrong with it. */
export type ParsedTiming =
  | { readonly ok: true; readonly timing: Timing }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Checks a timing and gives it the domain's shape. */
export function parseTiming(input: TimingInput): ParsedTiming {
  if (input.kind === "once") {
    if (input.to <= input.from) return wrong("timing.to", "after timing.from");
    if (input.to - input.from > longestSeconds) {
      return wrong("timing.to", "at most 366 days after timing.from");
    }
    return { ok: true, timing: input };
  }
  const { cron, timeZone, durationMinutes } = input;
  const expression = cron.trim().replace(/\s+/g, " ");
  const problem = cronProblem(expression) ?? onceADay(expression);
  const errors = [
    ...(problem === null ? [] : [{ field: "timing.cron", message: problem }]),
    ...(isTimeZone(timeZone)
      ? []
      : [
          {
            field: "timing.timeZone",
            message: "an IANA time zone, for example UTC or Europe/Berlin",
          },
        ]),
  ];
  if (errors.length > 0) return { ok: false, errors };
  const durationSeconds = durationMinutes * 60;
  return { ok: true, timing: { kind: "recurring", expression, timeZone, durationSeconds } };
}

/** So that a window of years is worked out in no time. */
function onceADay(expression: string): string | null {
  if (/^\d{1,2} \d{1,2} /.test(expression)) return null;
  return "at most once a day: minute and hour each one number, for example 0 2 * * 0 or 30 22 * * 1-5";
}

/** A message names no more ids than a person reads. */
const mostNamed = 20;

/** What a selector names that the plan does not have. */
export function selectorErrors(plan: Plan, selector: Selector): FieldError[] {
  const { monitors } = plan;
  switch (selector.kind) {
    case "all":
      return [];
    case "monitors":
      return missing(
        "selector.ids",
        "monitor",
        selector.ids,
        monitors.map(({ id }) => id),
      );
    case "groups":
      return missing(
        "selector.names",
        "group",
        selector.names,
        monitors.map(({ group }) => group),
      );
    case "tags":
      return missing(
        "selector.tags",
        "tag",
        selector.tags,
        monitors.flatMap(({ tags }) => tags),
      );
  }
}

function missing(
  field: string,
  what: string,
  named: readonly string[],
  all: readonly string[],
): FieldError[] {
  const known = [...new Set(all)];
  if (named.every((one) => known.includes(one))) return [];
  const more = known.length - mostNamed;
  const allowed =
    known.length === 0
      ? "there is none"
      : `allowed: ${known.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return [{ field, message: `names no such ${what}; ${allowed}` }];
}

function wrong(field: string, message: string): ParsedTiming {
  return { ok: false, errors: [{ field, message }] };
}
