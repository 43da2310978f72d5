import { z } from "zod";
import { faultSchema } from "./faults.ts";

/** One mistake in what was sent: where it is, what is wrong, and what would be right. */
export type InputMistake = {
  readonly field: string;
  readonly message: string;
  readonly allowed?: readonly string[];
};

const fieldsByKind: ReadonlyMap<string, readonly string[]> = new Map(
  faultSchema.options.map((option) => [option.shape.kind.value, Object.keys(option.shape)]),
);
const paramsSchema = z.object({ allowed: z.array(z.string()) });
const NESTED_FAULT = "fault";
const OUTER_KINDS: readonly string[] = ["flapping", "recover-after"];

/** Every mistake zod found, in words that name the field and the allowed values. */
export function describeMistakes(error: z.ZodError, input: unknown): InputMistake[] {
  return error.issues.map((issue) => describe(issue, input));
}

/** The mistakes as one line. */
export function mistakesLine(mistakes: readonly InputMistake[]): string {
  return mistakes.map(mistakeLine).join("; ");
}

function mistakeLine({ field, message, allowed }: InputMistake): string {
  const values = allowed === undefined ? "" : ` (allowed: ${allowed.join(", ")})`;
  return `${field} ${message}${values}`;
}

function describe(issue: z.core.$ZodIssue, input: unknown): InputMistake {
  const field = fieldName(issue.path);
  switch (issue.code) {
    case "invalid_union":
      return { field, message: "is not a kind of fault", allowed: kindsAt(issue.path) };
    case "invalid_value":
      return { field, message: "is not an allowed value", allowed: issue.values.map(String) };
    case "too_big":
      return { field, message: tooBig(issue) };
    case "unrecognized_keys":
      return unknownField(issue.path, issue.keys, input);
    case "invalid_type":
      return { field, message: wrongType(issue) };
    case "custom":
      return { field, message: issue.message, ...allowedOf(issue.params) };
    default:
      return { field, message: issue.message };
  }
}

function fieldName(path: readonly PropertyKey[]): string {
  const name = path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${String(part)}`),
    "",
  );
  return name === "" ? "body" : name.replace(/^\./, "");
}

/** Numbers bring their own words, with both bounds. */
function tooBig(issue: z.core.$ZodIssueTooBig): string {
  return issue.origin === "array" ? `must have at most ${issue.maximum} entries` : issue.message;
}

function wrongType(issue: z.core.$ZodIssueInvalidType): string {
  const isNumber = issue.expected === "number" || issue.expected === "int";
  return isNumber ? issue.message : `is missing or of the wrong type: expected ${issue.expected}`;
}

function kindsAt(path: readonly PropertyKey[]): string[] {
  const kinds = [...fieldsByKind.keys()];
  const nested = path.includes(NESTED_FAULT);
  return nested ? kinds.filter((kind) => !OUTER_KINDS.includes(kind)) : kinds;
}

function unknownField(
  path: readonly PropertyKey[],
  keys: readonly string[],
  input: unknown,
): InputMistake {
  const field = keys.map((key) => fieldName([...path, key])).join(", ");
  const message = "is not a field here";
  const kind = valueAt(input, [...path, "kind"]);
  const fields = typeof kind === "string" ? fieldsByKind.get(kind) : undefined;
  if (fields === undefined) return { field, message };
  const nested = path.at(-1) === NESTED_FAULT;
  const allowed = nested ? fields.filter((name) => !["path", "region"].includes(name)) : fields;
  return { field, message, allowed };
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null ? Reflect.get(value, part) : undefined,
    input,
  );
}

function allowedOf(params: unknown): { allowed?: string[] } {
  const parsed = paramsSchema.safeParse(params);
  return parsed.success ? parsed.data : {};
}
