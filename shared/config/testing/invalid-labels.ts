/** One invalid file per rule: of what a monitor stands for. */
import { fileWith, monitor } from "./fixtures.ts";
import type { Fixture } from "./invalid-files.ts";

const tagForm = "lower-case letters, digits and single hyphens, for example customer-facing";

/** A file of monitors by id, each with what it depends on. */
const needing = (needs: Readonly<Record<string, readonly string[]>>) =>
  fileWith(
    {},
    { monitors: Object.entries(needs).map(([id, dependsOn]) => ({ ...monitor, id, dependsOn })) },
  );

export const ofLabels: readonly Fixture[] = [
  [
    "a category is a part of the health score",
    fileWith({ category: "network" }),
    'monitors[0].category: Invalid option: expected one of "database"|"external"|"system"|"security"|"dependencies"',
  ],
  ["a tag is a word", fileWith({ tags: ["core", "Not One"] }), `monitors[0].tags[1]: ${tagForm}`],
  [
    "a tag is short",
    fileWith({ tags: ["x".repeat(65)] }),
    "monitors[0].tags[0]: at most 64 characters",
  ],
  [
    "there are few tags",
    fileWith({ tags: Array.from({ length: 21 }, (_, n) => `t${n}`) }),
    "monitors[0].tags: Too big: expected array to have <=20 items",
  ],
  ["a tag stands once", fileWith({ tags: ["a", "a"] }), "monitors[0].tags: names a tag twice"],
  [
    "a weight is above zero",
    fileWith({ weight: 0 }),
    "monitors[0].weight: Too small: expected number to be >0",
  ],
  [
    "a weight is not endless",
    fileWith({ weight: 1_001 }),
    "monitors[0].weight: Too big: expected number to be <=1000",
  ],
  [
    "a weight is a number",
    fileWith({ weight: "2" }),
    "monitors[0].weight: Invalid input: expected number, received string",
  ],
  [
    "what it depends on is there",
    fileWith({ dependsOn: ["nothing"] }),
    "monitors[0].dependsOn[0]: no such monitor; allowed: the id of another monitor of this file",
  ],
  [
    "it does not depend on itself",
    fileWith({ dependsOn: ["api-health"] }),
    "monitors[0].dependsOn[0]: a monitor does not depend on itself",
  ],
  [
    "it depends on a monitor once",
    needing({ a: ["b", "b"], b: [] }),
    "monitors[0].dependsOn: names a monitor twice",
  ],
  [
    "it depends on few",
    needing({
      a: Array.from({ length: 21 }, (_, n) => `m${n}`),
      ...Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`m${n}`, []])),
    }),
    "monitors[0].dependsOn: Too big: expected array to have <=20 items",
  ],
];
