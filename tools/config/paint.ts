import { styleText } from "node:util";

export type Colour = "green" | "yellow" | "red" | "gray" | "bold";

/** Colours a text for people. */
export type Paint = (colour: Colour, text: string) => string;

/** Leaves it as it is: for files, pipes and tests. */
export const plain: Paint = (_, text) => text;

/** Colours what goes to a terminal that shows colours, and nothing where NO_COLOR is set. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (colour, text) => styleText(colour, text, { stream });
}
