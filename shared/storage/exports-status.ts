/** What status pages were told last. */
import { z } from "zod";

export type PushKind = "component" | "incident" | "state";

/** One thing on a status page, as it was told last. Epoch seconds. */
export interface StatusPush {
  readonly service: string;
  readonly kind: PushKind;
  /** Id of the component, key of the incident. */
  readonly key: string;
  /** The service's own id; null: it is not known to have it. */
  readonly remote: string | null;
  /** Of the state that was told; null: none was. */
  readonly digest: string | null;
  /** Public updates that were told. */
  readonly updates: number;
  readonly triedAt: number;
  readonly toldAt: number | null;
  /** An incident that is over there too. */
  readonly done: boolean;
}

const pushRow = z
  .object({
    service: z.string(),
    kind: z.enum(["component", "incident", "state"]),
    key: z.string(),
    remote: z.string().nullable(),
    digest: z.string().nullable(),
    updates: z.int(),
    tried_at: z.int(),
    told_at: z.int().nullable(),
    done: z.int(),
  })
  .transform(
    ({ tried_at, told_at, done, ...row }): StatusPush => ({
      ...row,
      triedAt: tried_at,
      toldAt: told_at,
      done: done === 1,
    }),
  );

/** Reads what a service shows at present, as far as we told it; not what is over. */
export async function readStatusPushes(db: D1Database, service: string): Promise<StatusPush[]> {
  const { results } = await db
    .prepare(
      `SELECT service, kind, key, remote, digest, updates, tried_at, told_at, done
       FROM status_pushes INDEXED BY present_status_pushes WHERE service = ?1 AND done = 0`,
    )
    .bind(service)
    .all();
  return z.array(pushRow).parse(results);
}

/** Keeps what a service was told, or that telling it begins. */
export async function keepStatusPush(db: D1Database, push: StatusPush): Promise<void> {
  const { service, kind, key, remote, digest, updates, triedAt, toldAt, done } = push;
  await db
    .prepare(
      `INSERT INTO status_pushes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
       ON CONFLICT (service, kind, key) DO UPDATE SET remote = ?4, digest = ?5, updates = ?6,
         tried_at = ?7, told_at = ?8, done = ?9`,
    )
    .bind(service, kind, key, remote, digest, updates, triedAt, toldAt, Number(done))
    .run();
}

/** Forgets incidents that were over at a service before a time, epoch seconds, at most so many. */
export async function deleteOldStatusPushes(
  db: D1Database,
  before: number,
  most: number,
): Promise<void> {
  await db
    .prepare(
      `DELETE FROM status_pushes WHERE (service, kind, key) IN (
         SELECT service, kind, key FROM status_pushes INDEXED BY done_status_pushes
         WHERE done = 1 AND told_at < ?1 LIMIT ?2)`,
    )
    .bind(before, most)
    .run();
}
