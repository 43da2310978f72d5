/** Gatus' conditions, as far as our expectations say the same. */
import type { Notes } from "./imported.ts";
import { goDurationMs } from "./policy.ts";
import { statusDemand, statusSetting } from "./requests.ts";
import { alike } from "./uptime-kuma.ts";

/** What the conditions of an endpoint come to. */
export type Expected = {
  /** Of the answer, whatever kind it is. */
  readonly expect: Readonly<Record<string, unknown>>;
  /** Days that a certificate must have left; null where nothing is said of it. */
  readonly certificateDays: number | null;
};

type Comparator = "==" | "!=" | "<=" | ">=" | "<" | ">";
type Parsed = { readonly left: string; readonly comparator: Comparator; readonly right: string };

/** Reads `<value> <comparator> <value>`; null where it is not of that form. */
function parseCondition(condition: string): Parsed | null {
  for (const comparator of ["==", "!=", "<=", ">=", "<", ">"] as const) {
    const [left, right, ...more] = condition.split(` ${comparator} `);
    if (left !== undefined && right !== undefined && more.length === 0) {
      return { left: left.trim(), comparator, right: right.trim() };
    }
  }
  return null;
}

/**
 * Carries conditions over.
 *
 * @param kind what answers: of HTTP the status and JSON are known, of the others a text at most
 */
export function expectedOf(
  conditions: readonly string[],
  kind: "http" | "text" | "dns" | "none",
  notes: Notes,
): Expected {
  const statusTests: ((status: number) => boolean)[] = [];
  const lists: Record<string, unknown[]> = {};
  const add = (name: string, demand: unknown) => {
    lists[name] = [...(lists[name] ?? []), demand];
  };
  let downLatencyMs: number | undefined;
  let certificateDays: number | null = null;
  for (const condition of conditions) {
    const field = `conditions: ${condition}`;
    const parsed = parseCondition(condition);
    const lost = (why: string) => notes.lost(field, why);
    if (parsed === null) {
      lost("of no known form");
      continue;
    }
    const { left, comparator, right } = parsed;
    if (left === "[CONNECTED]" && comparator === "==" && right === "true") continue;
    if (left === "[DNS_RCODE]" && comparator === "==" && right === "NOERROR") continue;
    if (left === "[STATUS]" && kind === "http") {
      statusTests.push((status) => holds(status, comparator, right));
    } else if (left === "[RESPONSE_TIME]") {
      const bound = Number(right);
      if ((comparator === "<" || comparator === "<=") && Number.isInteger(bound)) {
        const most = comparator === "<" ? bound - 1 : bound;
        downLatencyMs = Math.min(downLatencyMs ?? most, most);
      } else lost("only an upper bound is possible");
    } else if (left === "[CERTIFICATE_EXPIRATION]") {
      const ms = goDurationMs(right);
      if ((comparator === ">" || comparator === ">=") && ms !== null) {
        const days = Math.ceil(ms / 86_400_000);
        if (days * 86_400_000 !== ms) notes.differs(field, `${days} whole days`);
        certificateDays = Math.max(certificateDays ?? 0, days);
      } else lost("only a lower bound is possible");
    } else {
      const why = bodyCondition(parsed, kind, add, (text) => notes.differs(field, text));
      if (why !== null) lost(why);
    }
  }
  return {
    expect: {
      ...(kind === "http" && statusOf(statusTests, notes)),
      ...lists,
      ...(downLatencyMs !== undefined && { downLatencyMs }),
    },
    certificateDays,
  };
}

/** Without a condition on it, any status will do. */
function statusOf(tests: readonly ((status: number) => boolean)[], notes: Notes) {
  const demand = statusDemand((status) => tests.every((test) => test(status)));
  if (demand !== null) return statusSetting(demand);
  notes.lost("conditions: [STATUS]", "together they allow no status from 100 to 599");
  return {};
}

function holds(status: number, comparator: Comparator, right: string): boolean {
  switch (comparator) {
    case "==":
      return isOneOf(String(status), right);
    case "!=":
      return !isOneOf(String(status), right);
    case "<":
      return status < Number(right);
    case "<=":
      return status <= Number(right);
    case ">":
      return status > Number(right);
    case ">=":
      return status >= Number(right);
  }
}

function isOneOf(text: string, right: string): boolean {
  return optionsOf(right).some((option) => {
    const glob = globIn(option);
    return glob === null ? option === text : new RegExp(`^${patternOf(glob)}$`, "s").test(text);
  });
}

/** Null when it was carried over, else why not. */
function bodyCondition(
  { left, comparator, right }: Parsed,
  kind: "http" | "text" | "dns" | "none",
  add: (name: string, demand: unknown) => void,
  differs: (why: string) => void,
): string | null {
  if (left.startsWith("len(")) return "the length of a value is not looked at";
  const has = /^has\(\[BODY\](.+)\)$/.exec(left)?.[1];
  if (has !== undefined) {
    if (kind !== "http") return "only an answer over HTTP has JSON";
    if (comparator !== "==" || right !== "true") return "that a value is not there cannot be asked";
    add("json", { path: jsonPathOf(has), exists: true });
    return null;
  }
  if (!left.startsWith("[BODY]")) return `${left} is not looked at`;
  const path = left.slice("[BODY]".length);
  if (path === "") return wholeBody(comparator, right, kind, add);
  if (kind !== "http") return "only an answer over HTTP has JSON";
  return jsonValue(jsonPathOf(path), comparator, right, add, differs);
}

function wholeBody(
  comparator: Comparator,
  right: string,
  kind: "http" | "text" | "dns" | "none",
  add: (name: string, demand: unknown) => void,
): string | null {
  const glob = globIn(right);
  const within = glob === null ? undefined : /^\*([^*?]+)\*$/.exec(glob)?.[1];
  if (kind === "dns") {
    if (comparator !== "==" || glob !== null || optionsOf(right).length > 1) {
      return "of records, only == and one value";
    }
    add("contains", right);
    return null;
  }
  if (kind === "text" && comparator === "==" && within !== undefined) {
    add("contains", within);
    return null;
  }
  if (kind !== "http") return "of this kind of answer, only == pat(*text*)";
  if (comparator !== "==" && comparator !== "!=") return "the body is compared by == and != only";
  const present = comparator === "==";
  if (within !== undefined) add(present ? "contains" : "notContains", within);
  else {
    const options = optionsOf(right).map((option) =>
      patternOf(globIn(option) ?? escapeGlob(option)),
    );
    add(present ? "matches" : "notMatches", `(?s)^(?:${options.join("|")})$`);
  }
  return null;
}

function jsonValue(
  path: string,
  comparator: Comparator,
  right: string,
  add: (name: string, demand: unknown) => void,
  differs: (why: string) => void,
): string | null {
  if (comparator === "==") {
    const options = optionsOf(right);
    if (options.some((option) => globIn(option) !== null)) return "a pattern of a value in JSON";
    const values = options.flatMap(alike);
    add("json", values.length === 1 ? { path, equals: values[0] } : { path, oneOf: values });
    return null;
  }
  const bound = Number(right);
  if (comparator === "!=" || !Number.isFinite(bound)) {
    return "of a value in JSON, only ==, and bounds by numbers";
  }
  if (comparator === "<" || comparator === ">") differs("whole numbers are meant");
  if (comparator === "<=" || comparator === "<") {
    add("json", { path, atMost: comparator === "<" ? bound - 1 : bound });
  } else add("json", { path, atLeast: comparator === ">" ? bound + 1 : bound });
  return null;
}

/** `.data[0].some-name` as JSONPath. */
function jsonPathOf(path: string): string {
  const plain = path.replaceAll(/\.([^.[\]]+)/g, (_, name: string) => {
    return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  });
  return `$${plain}`;
}

/** The values of `any(a, b)`, or the one value. */
function optionsOf(right: string): string[] {
  const list = /^any\((.*)\)$/s.exec(right)?.[1];
  return list === undefined ? [right] : list.split(",").map((option) => option.trim());
}

function globIn(option: string): string | null {
  return /^pat\((.*)\)$/s.exec(option)?.[1] ?? null;
}

function escapeGlob(text: string): string {
  return text.replaceAll(/[*?]/g, "\\$&");
}

/** A glob as a regular expression. */
function patternOf(glob: string): string {
  return glob.replaceAll(/\\([*?])|([*?])|[.+^${}()|[\]\\]/g, (all, literal, wild) => {
    if (literal !== undefined) return `\\${literal}`;
    if (wild !== undefined) return wild === "*" ? ".*" : ".";
    return `\\${all}`;
  });
}
