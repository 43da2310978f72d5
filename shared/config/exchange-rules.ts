/** What the parts of an HTTP request demand of each other, and the steps of a transaction. */
import { z } from "zod";
import { methodSchema } from "../contract/probes/http.ts";
import { exchangeFields, templateMistakes } from "./probes/exchange.ts";
import { expectsBody } from "./probes/expect.ts";
import { stepFields } from "./probes/transaction.ts";
import type { Mistake } from "./rules.ts";

/** Null for what is malformed: it has its own mistake, and no rule is held against it. */
const sound = <S extends z.ZodType>(schema: S) => schema.nullable().catch(null);

/** Of an HTTP monitor or a step; nothing of it is there in other kinds. */
export const exchangeParts = {
  url: sound(exchangeFields.url.optional()),
  method: sound(methodSchema.default("GET")),
  headers: sound(exchangeFields.headers),
  body: sound(exchangeFields.body),
  auth: sound(exchangeFields.auth),
  expect: sound(exchangeFields.expect),
};

const exchangePartsSchema = z.object(exchangeParts);
type ExchangeParts = z.infer<typeof exchangePartsSchema>;

/** Of a transaction. */
export const stepsPart = sound(
  z
    .array(
      sound(
        z.object({
          ...exchangeParts,
          name: sound(stepFields.name),
          extract: sound(stepFields.extract),
        }),
      ),
    )
    .optional(),
);

/** @param values the names of values that earlier steps extract */
export function againstExchange(
  { url, method, headers, body, auth, expect }: ExchangeParts,
  values: ReadonlySet<string> = new Set(),
): Mistake[] {
  const mistakes: Mistake[] = templateMistakes(
    {
      url: url ?? "",
      headers: headers ?? {},
      body: body ?? undefined,
      auth: auth ?? undefined,
    },
    values,
  );
  if (typeof body === "string" && (method === "GET" || method === "HEAD")) {
    mistakes.push({ path: ["body"], message: `a ${method} request has no body` });
  }
  if (method === "HEAD" && expect && expectsBody(expect)) {
    const message = "the answer to HEAD has no body to put conditions on";
    mistakes.push({ path: ["expect"], message });
  }
  return mistakes;
}

/** The mistakes in a transaction's steps, each seen with what the steps before it extract. */
export function againstSteps(steps: z.infer<typeof stepsPart>): Mistake[] {
  const names = new Map<string, number>();
  const values = new Set<string>();
  return (steps ?? []).flatMap((step, index) => {
    if (step === null) return [];
    const mistakes = againstExchange(step, values);
    for (const name of Object.keys(step.extract ?? {})) values.add(name);
    const same = step.name === null ? undefined : names.get(step.name);
    if (same !== undefined) {
      mistakes.unshift({ path: ["name"], message: `the same name as steps[${same}]` });
    } else if (step.name !== null) {
      names.set(step.name, index);
    }
    return mistakes.map(({ path, message }) => ({ path: ["steps", index, ...path], message }));
  });
}
