/** Where two documents differ, value by value. */

/** One value that differs. Null where it is not there. */
export interface Difference {
  /** For example `monitors[api-health].figures.downSeconds`. */
  readonly path: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** Every value that differs, in order. Members of lists are told apart by what they are called. */
export function differencesOf(was: unknown, is: unknown, path = ""): Difference[] {
  const before = membersOf(was);
  const after = membersOf(is);
  if (before === null || after === null) {
    return Object.is(was, is) ? [] : [{ path, was: was ?? null, is: is ?? null }];
  }
  const isList = Array.isArray(was);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const inner = isList ? `${path}[${name}]` : path === "" ? name : `${path}.${name}`;
    if (before.has(name) && after.has(name)) {
      return differencesOf(before.get(name), after.get(name), inner);
    }
    return [{ path: inner, was: before.get(name) ?? null, is: after.get(name) ?? null }];
  });
}

function membersOf(value: unknown): Map<string, unknown> | null {
  if (typeof value !== "object" || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const members = new Map<string, unknown>();
  for (const [index, item] of value.entries()) {
    const name = nameOf(item) ?? String(index);
    members.set(members.has(name) ? `${name} ${index}` : name, item);
  }
  return members;
}

function nameOf(item: unknown): string | null {
  if (typeof item !== "object" || item === null) return null;
  const { id, number, name } = { id: null, number: null, name: null, ...item };
  const called = id ?? number ?? name;
  return typeof called === "string" || typeof called === "number" ? String(called) : null;
}
