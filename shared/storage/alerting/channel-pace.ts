/** How fast each channel is told, and which are held back: a row for each that was ever told. */
import { z } from "zod";
import { deliveryFailureSchema } from "../../contract/alerting/delivery.ts";
import type { DeliveryFailure } from "../../domain/alerting/delivery-failure.ts";

/** How a channel stands. */
export interface ChannelPace {
  readonly channel: string;
  /** Its places are given away up to here, epoch milliseconds. */
  readonly bookedUntilMs: number;
  /** Nothing is sent before, epoch seconds; 0: it is not held back. */
  readonly heldUntil: number;
  readonly failure: DeliveryFailure | null;
  /** Since when no message got through, epoch seconds; null: the last one did. */
  readonly awaySince: number | null;
}

const paceRow = z
  .object({
    channel: z.string(),
    booked_until: z.int(),
    held_until: z.int(),
    failure: deliveryFailureSchema.nullable(),
    away_since: z.int().nullable(),
  })
  .transform(
    (row): ChannelPace => ({
      channel: row.channel,
      bookedUntilMs: row.booked_until,
      heldUntil: row.held_until,
      failure: row.failure,
      awaySince: row.away_since,
    }),
  );

/** Reads how the channels stand, by name: as many rows as there are channels. */
export async function readChannelPaces(db: D1Database): Promise<ReadonlyMap<string, ChannelPace>> {
  const { results } = await db
    .prepare("SELECT channel, booked_until, held_until, failure, away_since FROM channel_pace")
    .all();
  return new Map(
    z
      .array(paceRow)
      .parse(results)
      .map((row) => [row.channel, row]),
  );
}

/** Places that are asked for. */
export interface Booking {
  readonly channel: string;
  /** From where on they are given, epoch milliseconds. */
  readonly floorMs: number;
  /** All of them together. */
  readonly spanMs: number;
}

const bookedRows = z.array(z.object({ channel: z.string(), booked_until: z.int() }));

/**
 * Gives away places of channels; nobody else gets the same.
 *
 * @returns by channel, up to where places are given away now, these included, epoch milliseconds
 */
export async function bookPlaces(
  db: D1Database,
  bookings: readonly Booking[],
): Promise<ReadonlyMap<string, number>> {
  if (bookings.length === 0) return new Map();
  const rows = JSON.stringify(bookings.map((one) => [one.channel, one.floorMs, one.spanMs]));
  const [, booked] = await db.batch([
    db
      .prepare(
        `INSERT INTO channel_pace (channel) SELECT value ->> 0 FROM json_each(?1) WHERE true
         ON CONFLICT (channel) DO NOTHING`,
      )
      .bind(rows),
    db
      .prepare(
        `UPDATE channel_pace SET booked_until = max(booked_until, value ->> 1) + (value ->> 2)
         FROM json_each(?1) WHERE channel = value ->> 0 RETURNING channel, booked_until`,
      )
      .bind(rows),
  ]);
  return new Map(
    bookedRows.parse(booked?.results).map((row) => [row.channel, row.booked_until] as const),
  );
}

/**
 * Holds a channel back; a hold that lasts longer stays.
 *
 * @param now epoch seconds
 */
export async function holdChannel(
  db: D1Database,
  channel: string,
  hold: { readonly until: number; readonly failure: DeliveryFailure },
  now: number,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO channel_pace (channel, held_until, failure, away_since) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (channel) DO UPDATE SET held_until = max(held_until, excluded.held_until),
         failure = excluded.failure, away_since = coalesce(away_since, excluded.away_since)`,
    )
    .bind(channel, hold.until, hold.failure, now)
    .run();
}

/** A message got through: the channel is back, and what waited for it is due. @param now epoch seconds */
export async function freeChannel(db: D1Database, channel: string, now: number): Promise<void> {
  await db.batch([
    db
      .prepare(
        "UPDATE channel_pace SET held_until = 0, failure = NULL, away_since = NULL WHERE channel = ?1",
      )
      .bind(channel),
    db
      .prepare(
        `UPDATE notifications INDEXED BY notifications_by_channel_and_state SET next_at = ?2
         WHERE channel = ?1 AND state = 'pending' AND next_at > ?2 AND failure IS NOT NULL`,
      )
      .bind(channel, now),
  ]);
}
