/** Values as a configuration file writes them: TypeScript that Biome would leave as it is. */

const width = 100;

/**
 * Writes a value of JSON as a literal.
 *
 * @param indent how many blanks its first line stands in
 */
export function literal(value: unknown, indent = 0): string {
  const line = inline(value);
  if (line !== null && indent + line.length + 20 <= width && isSmall(value)) return line;
  const inner = " ".repeat(indent + 2);
  const end = " ".repeat(indent);
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${literal(item, indent + 2)},`);
    return items.length === 0 ? "[]" : `[\n${items.join("\n")}\n${end}]`;
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(
      ([name, item]) => `${inner}${key(name)}: ${literal(item, indent + 2)},`,
    );
    return fields.length === 0 ? "{}" : `{\n${fields.join("\n")}\n${end}}`;
  }
  return JSON.stringify(value);
}

/** Whether it reads well in one line: no more than two levels. */
function isSmall(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(
    (item) => typeof item !== "object" || item === null || isFlat(item),
  );
}

function isFlat(value: object): boolean {
  return Object.values(value).every((item) => typeof item !== "object" || item === null);
}

function inline(value: unknown): string | null {
  if (Array.isArray(value)) {
    const items = value.map(inline);
    return items.includes(null) ? null : `[${items.join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([name, item]) => `${key(name)}: ${inline(item)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  return JSON.stringify(value) ?? null;
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
