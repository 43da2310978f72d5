/** When a job is expected to call in. */
export type Timetable =
  /** At least every so many seconds, whenever that may be. */
  { readonly kind: "every"; readonly seconds: number } | CronTimetable;

/** At the times of a cron expression of five fields, in an IANA time zone. */
export interface CronTimetable {
  readonly kind: "cron";
  readonly expression: string;
  readonly timeZone: string;
}

/** A job that calls in; nothing is sent to it. */
export interface HeartbeatProbe {
  readonly kind: "heartbeat";
  readonly timetable: Timetable;
  /** How late a ping may be before it is missing. */
  readonly graceSeconds: number;
  /** How long a run that has said when it started may take; null: no bound but the grace. */
  readonly maxRunSeconds: number | null;
}
