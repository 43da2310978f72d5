/**
 * What a tick asks of the database, in statements and in calls (a batch is one), as measured with the
 * real Workers: 17 monitors, three regions, two channels, in a minute with one round. A test runs
 * such ticks and holds these against them.
 */
export interface Statements {
  readonly queries: number;
  readonly calls: number;
}

/** By what happens in the minute. */
export const tickStatements = {
  /** Nothing. */
  ordinary: { queries: 37, calls: 25 },
  /** Nothing, after an incident that is open still or was closed lately. */
  afterIncident: { queries: 45, calls: 32 },
  /** Everything goes down, or comes back: alerts, an incident, and messages to both channels. */
  outage: { queries: 89, calls: 59 },
  /** An hour is rolled up, after an incident. */
  rollUp: { queries: 63, calls: 45 },
} as const satisfies Readonly<Record<string, Statements>>;
