/** Which channels heard of an incident: threads go on there, and fallbacks go elsewhere. */
import { z } from "zod";

/** What was sent of an incident through a channel. */
export interface SentBefore {
  readonly incident: string;
  readonly channel: string;
  /** Of the first that has one: later messages join it. */
  readonly receipt: string | null;
}

const sentRow = z.object({
  incident: z.string(),
  channel: z.string(),
  receipt: z.string().nullable(),
});

/** Reads which channels were told of incidents, and which hold something of theirs. */
export async function readToldChannels(
  db: D1Database,
  incidents: readonly string[],
): Promise<{ readonly sent: readonly SentBefore[]; readonly given: readonly SentBefore[] }> {
  const keys = JSON.stringify(incidents);
  const [sent, given] = await db.batch([
    db
      .prepare(
        `SELECT incident, channel, receipt FROM (
           SELECT incident, channel, receipt, row_number() OVER (
             PARTITION BY incident, channel ORDER BY receipt IS NULL, sent_at, sequence) AS place
           FROM json_each(?1) CROSS JOIN notifications INDEXED BY notifications_of_incident
             ON incident = value
           WHERE state = 'sent')
         WHERE place = 1`,
      )
      .bind(keys),
    db
      .prepare(
        `SELECT DISTINCT incident, channel, NULL AS receipt
         FROM json_each(?1) CROSS JOIN notifications INDEXED BY notifications_of_incident
           ON incident = value`,
      )
      .bind(keys),
  ]);
  return {
    sent: z.array(sentRow).parse(sent?.results),
    given: z.array(sentRow).parse(given?.results),
  };
}
