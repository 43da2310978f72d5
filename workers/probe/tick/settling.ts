import { log } from "../../../shared/log.ts";
import {
  type Settlement,
  settleNotifications,
} from "../../../shared/storage/alerting/outbox-settle.ts";

/** Writes what became of notifications as soon as it is known, one batch at a time. */
export class Settling {
  readonly #db: D1Database;
  readonly #lease: string;
  readonly #now: () => number;
  #waiting: Settlement[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(db: D1Database, lease: string, now: () => number) {
    this.#db = db;
    this.#lease = lease;
    this.#now = now;
  }

  settle(settlement: Settlement): Promise<void> {
    this.#waiting.push(settlement);
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  end(): Promise<void> {
    return this.#writing;
  }

  async #write(): Promise<void> {
    const settlements = this.#waiting;
    this.#waiting = [];
    if (settlements.length === 0) return;
    const write = () => settleNotifications(this.#db, this.#lease, settlements, this.#now());
    // Once more at once: what was sent and is not settled is sent again.
    await write().catch((error: unknown) => {
      log("warn", "settling-repeated", { settlements: settlements.length }, error);
      return write();
    });
  }
}
