import {
  type Behaviour,
  behaviourAt,
  closesPort,
  type Fault,
  type FaultTarget,
  matches,
  specificity,
} from "./faults.ts";

/** A fault that is set, with the id the control API deletes it by. */
export type SetFault = { readonly id: string } & Fault;

type Entry = {
  readonly id: string;
  readonly order: number;
  readonly fault: Fault;
  readonly seen: Map<string, number>;
};

/** Most (endpoint, region) pairs one fault counts apart; what comes after shares one count. */
const MOST_COUNTS = 2_048;

/** The faults that are set now, and how many requests each of them has met. */
export class FaultSet {
  /** Narrowest first, newest first among equals: the first match decides a request alone. */
  #entries: Entry[] = [];
  #lastOrder = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** Whether nothing may connect at all. */
  get closesPort(): boolean {
    return this.#entries.some((entry) => closesPort(entry.fault));
  }

  /** The faults in the order they were set. */
  list(): SetFault[] {
    return this.#entries
      .toSorted((a, b) => a.order - b.order)
      .map(({ id, fault }) => ({ id, ...fault }));
  }

  add(fault: Fault): SetFault {
    this.#lastOrder += 1;
    const order = this.#lastOrder;
    const id = `f${order}`;
    this.#entries.push({ id, order, fault, seen: new Map() });
    this.#entries.sort((a, b) => specificity(b.fault) - specificity(a.fault) || b.order - a.order);
    return { id, ...fault };
  }

  replace(faults: readonly Fault[]): void {
    this.clear();
    for (const fault of faults) this.add(fault);
  }

  /** Whether there was a fault of that id. */
  remove(id: string): boolean {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    return this.#entries.length < before;
  }

  clear(): void {
    this.#entries = [];
  }

  /** What to do to this request, and counts it. Null: answer it well. */
  decide(request: FaultTarget): Behaviour | null {
    const entry = this.#entries.find(({ fault }) => matches(fault, request));
    return entry === undefined ? null : behaviourAt(entry.fault, countOne(entry.seen, request));
  }
}

function countOne(seen: Map<string, number>, request: FaultTarget): number {
  const exact = `${request.endpoint ?? "(unknown)"} ${request.region ?? "(none)"}`;
  const key = seen.has(exact) || seen.size < MOST_COUNTS ? exact : "(other)";
  const nth = seen.get(key) ?? 0;
  seen.set(key, nth + 1);
  return nth;
}
