import Table from "cli-table3";

const none = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** A column of a table, numbers to the right. */
export type Column = { readonly head: string; readonly align?: "left" | "right" };

/**
 * Lays out a table without lines; cells may be coloured.
 *
 * @returns the lines, the head first, without blanks at their ends
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const laidOut = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align = "left" }) => align),
    chars: none,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) laidOut.push([...row]);
  return laidOut
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}
