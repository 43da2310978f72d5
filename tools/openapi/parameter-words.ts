/** What a parameter means and looks like, where its schema does not say; by name. */
interface Words {
  readonly description: string;
  readonly example: string | number | boolean;
}

export const parameterWords: Readonly<Record<string, Words>> = {
  action: { description: "Only this action, an operationId", example: "changeRule" },
  by: { description: "Who does it; the key's name if left out", example: "ana" },
  channel: { description: "Only those of this channel", example: "ops-mail" },
  cursor: { description: "The nextCursor of an earlier answer", example: "42" },
  days: { description: "How many days of daily bars", example: "90" },
  fields: {
    description:
      "Only these members of a list's items, or of a document that is no list, comma-separated",
    example: "id,status",
  },
  format: { description: "In which format", example: "json" },
  from: { description: "Beginning of the window, ISO 8601", example: "2026-11-01T00:00:00Z" },
  group: { description: "Only the monitors of this group", example: "Core" },
  id: { description: "Its id", example: "home" },
  "idempotency-key": {
    description: "A push that is repeated under the same key is taken once",
    example: "push-2026-11-23T18:45",
  },
  kind: { description: "Only those of this kind", example: "month" },
  label: { description: "What stands on the left", example: "uptime" },
  level: { description: "Only those of this level", example: "critical" },
  limit: { description: "At most so many, up to 100", example: "20" },
  monitor: { description: "Only this monitor", example: "home" },
  name: { description: "Only this one", example: "response_time" },
  number: { description: "Its number", example: "17" },
  of: { description: "Which period", example: "previous" },
  outages: { description: "Whether outages are listed", example: "true" },
  period: { description: "A period of the calendar", example: "month" },
  region: { description: "Only as seen from this region", example: "us-east" },
  rid: { description: "One run's id, to tell runs apart that overlap", example: "run-1" },
  rule: { description: "The id of a rule", example: "service-down" },
  signal: { description: "start, fail, or the job's exit status", example: "start" },
  state: { description: "Only those in this state", example: "all" },
  table: { description: "Which table, with format=csv", example: "availability" },
  target: { description: "Only what was done to this path", example: "/api/monitoring/rules/slow" },
  to: {
    description: "End of the window, ISO 8601; now if left out",
    example: "2026-11-08T00:00:00Z",
  },
  token: { description: "The secret part of the address", example: "7Q2…" },
  who: { description: "Only by this credential", example: "admin-token" },
  window: { description: "Back from the newest data: a number and m, h or d", example: "24h" },
  withdraw: { description: "Take it back as though it had never been", example: "false" },
  zone: { description: "The IANA time zone of the calendar", example: "Europe/Berlin" },
};
