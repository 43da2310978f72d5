import { log, logIds } from "../../../shared/log.ts";
import { type Delivery, regionStub } from "./fan-out.ts";
import type { TickSurroundings } from "./surroundings.ts";

/**
 * Step 6: tells the objects what the database has. One that does not hear it hands the same
 * results over again, and they are recorded once all the same.
 */
export async function acknowledge(
  { env }: TickSurroundings,
  deliveries: readonly Delivery[],
): Promise<void> {
  const tell = async ({ object, rounds }: Delivery): Promise<void> => {
    if (rounds.length === 0) return;
    try {
      await regionStub(env, object.region, object.shard).acknowledge(rounds, logIds());
    } catch (error) {
      const { region, shard } = object;
      log("warn", "not-acknowledged", { region: region.id, shard }, error);
    }
  };
  await Promise.all(deliveries.map(tell));
}
