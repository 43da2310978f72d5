/** Metrics as Prometheus takes them: families of samples with labels. Pure: no HTTP, no database. */

/** Labels by name; one that is null is left out. */
export type Labels = Readonly<Record<string, string | null>>;

/** One value of a gauge or a counter. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** How some numbers are distributed. */
export interface Histogram {
  readonly labels: Labels;
  /** How many numbers do not exceed each of the family's bounds. */
  readonly atMost: readonly number[];
  readonly count: number;
  readonly sum: number;
}

interface Described {
  /** As in queries, but of a counter without `_total` and of an info without `_info`. */
  readonly name: string;
  readonly help: string;
}

/** A metric with all its values. */
export type Family = Described &
  (
    | { readonly type: "gauge" | "counter" | "info"; readonly samples: readonly Sample[] }
    | {
        readonly type: "histogram";
        /** Upper bounds, ascending; +Inf is added. */
        readonly bounds: readonly number[];
        readonly histograms: readonly Histogram[];
      }
  );

/** A gauge, of the values that are known. */
export function gauge(
  name: string,
  help: string,
  samples: readonly { readonly labels?: Labels; readonly value: number | null }[],
): Family {
  return { name, help, type: "gauge", samples: known(samples) };
}

/** A counter; its name in queries has `_total` at the end. */
export function counter(
  name: string,
  help: string,
  samples: readonly { readonly labels?: Labels; readonly value: number | null }[],
): Family {
  return { name, help, type: "counter", samples: known(samples) };
}

/** A metric that says something by its labels; its name in queries has `_info` at the end. */
export function info(name: string, help: string, all: readonly Labels[]): Family {
  return { name, help, type: "info", samples: all.map((labels) => ({ labels, value: 1 })) };
}

function known(
  samples: readonly { readonly labels?: Labels; readonly value: number | null }[],
): Sample[] {
  return samples.flatMap(({ labels = {}, value }) => (value === null ? [] : [{ labels, value }]));
}
