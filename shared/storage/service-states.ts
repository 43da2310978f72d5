/** How services outside fare, those that are told something and those that are asked. */
import { readExports } from "./exports.ts";
import { readVantageServices } from "./vantage-services.ts";

/** Epoch seconds; failures are in a row, the reason is the last one's. */
export interface ServiceState {
  readonly name: string;
  readonly use: "told" | "asked";
  readonly failures: number;
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly heldUntil: number;
}

/** Reads both: a row for each service that was ever told or asked. */
export async function readServiceStates(db: D1Database): Promise<ServiceState[]> {
  const [told, asked] = await Promise.all([readExports(db), readVantageServices(db)]);
  return [
    ...told.map(
      ({
        name,
        failures,
        lastSuccessAt,
        lastFailureAt,
        reason,
        detail,
        heldUntil,
      }): ServiceState => ({
        ...{ name, use: "told", failures, lastSuccessAt, lastFailureAt, reason, detail, heldUntil },
      }),
    ),
    ...asked.map(
      ({ service, failures, said, lastFailureAt, reason, detail, heldUntil }): ServiceState => ({
        ...{ name: service, use: "asked", lastSuccessAt: said?.readAt ?? null },
        ...{ failures, lastFailureAt, reason, detail, heldUntil },
      }),
    ),
  ];
}
