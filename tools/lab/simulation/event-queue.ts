interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A simulated clock: what is to happen, in order of time and, at one time, of being told. */
export class EventQueue {
  #now = 0;
  #told = 0;
  /** A binary heap; the parent of n is at (n − 1) / 2. */
  readonly #heap: Event[] = [];

  /** ms since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** Has something happen; what would lie in the past happens now. */
  at(time: number, run: () => void): void {
    this.#told += 1;
    const heap = this.#heap;
    const event = { at: Math.max(time, this.#now), order: this.#told, run };
    let hole = heap.push(event) - 1;
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(event, parent)) break;
      heap[hole] = parent;
      hole = above;
    }
    heap[hole] = event;
  }

  /** Lets all happen that is to happen, and what follows from it. */
  run(): void {
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      this.#now = next.at;
      next.run();
    }
  }

  #take(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let hole = 0;
    for (;;) {
      let below = 2 * hole + 1;
      let child = heap[below];
      const right = heap[below + 1];
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        child = right;
        below += 1;
      }
      if (child === undefined || !isBefore(child, last)) break;
      heap[hole] = child;
      hole = below;
    }
    heap[hole] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
