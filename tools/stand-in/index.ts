import { createControlHandler } from "./control.ts";
import { createNetpost } from "./endpoints.ts";
import { describeMistakes, mistakesLine } from "./fault-issues.ts";
import { FaultSet } from "./fault-set.ts";
import { type FaultInput, faultListSchema } from "./faults.ts";
import { createRequestHandler } from "./handle-request.ts";
import { Port } from "./port.ts";
import { type RequestSummary, Traffic } from "./traffic.ts";

export type { FaultInput } from "./faults.ts";
export { PortError } from "./port.ts";
export { DEMO_PASSWORD, DEMO_USER } from "./sessions.ts";
export type { RequestCount, RequestSummary } from "./traffic.ts";

export type StandInOptions = {
  /** Port of NetPost itself; 0, the default, takes a free one. */
  readonly port?: number;
  /** Port of the control API; 0, the default, takes a free one. */
  readonly controlPort?: number;
  /** Address to listen on; 127.0.0.1 unless given. */
  readonly host?: string;
  /** The same seed and clock give the same answers; 1 unless given. */
  readonly seed?: number;
  /** Epoch ms; the machine's clock unless given. It does not drive slow faults. */
  readonly now?: () => number;
  /** Takes one line per change of faults; silent unless given. */
  readonly log?: (line: string) => void;
};

export type StandIn = {
  readonly url: string;
  readonly controlUrl: string;
  /**
   * Replaces all faults. Throws at once on an invalid one. They hold from the return on; await the
   * promise when a `refuse` for everything comes or goes, as the port has to follow.
   */
  setFaults(faults: readonly FaultInput[]): Promise<void>;
  /** Removes all faults; resolves when the port is open. */
  clearFaults(): Promise<void>;
  /** Requests at or after `since` (epoch ms), or since the start or the last clear. */
  requests(since?: number): RequestSummary;
  clearRequests(): void;
  /** Closes both ports and destroys every open connection. May be called twice. */
  stop(): Promise<void>;
};

/** Starts NetPost's stand-in. Rejects with a {@link PortError} when a port cannot be opened. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const { port = 0, controlPort = 0, host = "127.0.0.1", seed = 1 } = options;
  const { now = Date.now, log = () => {} } = options;
  const faults = new FaultSet();
  const traffic = new Traffic(now);
  const netpost = createNetpost({ seed, now });
  const main = new Port(host, port, createRequestHandler({ netpost, faults, traffic, log }));

  // One after the other, so that the port ends as the newest change wants it.
  let settled: Promise<void> = Promise.resolve();
  let isStopped = false;
  const settle = (): Promise<void> => {
    log(describeFaults(faults));
    const next = settled.then(() => {
      if (isStopped || faults.closesPort) return main.close();
      return main.reopen();
    });
    settled = next.catch(() => {});
    return next;
  };

  const control = new Port(host, controlPort, createControlHandler({ faults, traffic, settle }));
  await main.open();
  try {
    await control.open();
  } catch (error) {
    await main.close();
    throw error;
  }

  return {
    url: main.url,
    controlUrl: control.url,
    setFaults: (input) => {
      faults.replace(parseFaults(input));
      return settle();
    },
    clearFaults: () => {
      faults.clear();
      return settle();
    },
    requests: (since) => traffic.summary(since),
    clearRequests: () => traffic.clear(),
    stop: async () => {
      isStopped = true;
      await settled;
      await Promise.all([main.close(), control.close()]);
    },
  };
}

function parseFaults(input: readonly FaultInput[]) {
  const body = { faults: input };
  const parsed = faultListSchema.safeParse(body);
  if (parsed.success) return parsed.data.faults;
  throw new TypeError(`Invalid fault: ${mistakesLine(describeMistakes(parsed.error, body))}`);
}

function describeFaults(faults: FaultSet): string {
  if (faults.size === 0) return "faults: none";
  const words = faults.list().map((fault) => `${fault.kind} on ${fault.path} from ${fault.region}`);
  return `faults: ${words.join(", ")}`;
}
