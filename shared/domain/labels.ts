/** What a monitor stands for, beside what it probes. */

/** The parts that the health score is made of. */
export const categories = ["database", "external", "system", "security", "dependencies"] as const;

export type Category = (typeof categories)[number];

/** How a monitor is grouped, weighed and related to others; none of it changes how it is probed. */
export interface Labels {
  /** The part of the health score that it counts towards; null: none. */
  readonly category: Category | null;
  /** Words to select it by. */
  readonly tags: readonly string[];
  /** How much it counts among the monitors of its group, above 0; 1 is usual. */
  readonly weight: number;
  /** Ids of the monitors without which it cannot be up. */
  readonly dependsOn: readonly string[];
  /** Whether the status page shows it; it does where nothing is said. */
  readonly public?: boolean | undefined;
}

/** Of a monitor of which nothing is said. */
export const noLabels: Labels = { category: null, tags: [], weight: 1, dependsOn: [] };
