/** How long what alerting wrote is kept. Incidents and what happened to them stay. */

/** Days. */
export interface AlertingRetention {
  /** Why people were told, or were not. */
  readonly decisionDays: number;
  /** What was sent, replaced or given up; tests of channels; former rules and policies. */
  readonly notificationDays: number;
}

export const usualAlertingRetention: AlertingRetention = {
  decisionDays: 90,
  notificationDays: 400,
};

const daySeconds = 86_400;

/**
 * From when on everything is kept, epoch seconds.
 *
 * @param now epoch seconds
 */
export function alertingKeptFrom(
  { decisionDays, notificationDays }: AlertingRetention,
  now: number,
) {
  return {
    decisions: now - decisionDays * daySeconds,
    notifications: now - notificationDays * daySeconds,
  };
}
