/** What an HTTP monitor and a step of a transaction have in common. */
import { z } from "zod";
import { methodSchema } from "../../contract/probes/http.ts";
import type { HttpAuth, HttpExchange } from "../../domain/probes/http.ts";
import { isTemplate, templateProblem } from "../../template.ts";
import { settings } from "../settings.ts";
import { compileConditions, expectSchema } from "./expect.ts";
import { headerName, headerValue } from "./header-names.ts";

/** What is written here in plain is stored in the database and shown to who may see it. */
const credential = z
  .string()
  .refine(isTemplate, "a reference to a secret, {{secret.PROBE_…}}, not the secret itself");

const authSchema = z.union(
  [
    z.strictObject({
      basic: z.strictObject({ username: z.string().min(1), password: credential }),
    }),
    z.strictObject({ bearer: credential }),
  ],
  "{ basic: { username, password } } or { bearer }, with {{secret.PROBE_…}} as password or token",
);

export const exchangeFields = {
  /** Absolute, or a path below `baseUrl`. */
  url: z.string().refine(isHttpUrlOrPath, "an http(s) URL, or a path that starts with /"),
  method: methodSchema.default("GET"),
  headers: z.record(headerName, headerValue).default({}),
  body: z.string().max(65_536).optional(),
  auth: authSchema.optional(),
  /** How many redirects are followed; a redirect is the answer where none are. */
  redirects: z.int().min(0).max(10).default(0),
  expect: expectSchema.prefault({}),
};

const exchangeShape = settings(exchangeFields);
type ExchangeConfig = z.infer<typeof exchangeShape>;

/** The part in which references may stand, and what is checked of them. */
export type Templates = Pick<ExchangeConfig, "url" | "headers" | "body" | "auth">;

/**
 * What is wrong with the references of an exchange, each with where it stands.
 *
 * @param values the names of values that earlier steps extract
 */
export function templateMistakes(
  { url, headers, body, auth }: Templates,
  values: ReadonlySet<string>,
): { readonly path: PropertyKey[]; readonly message: string }[] {
  const texts: [path: PropertyKey[], text: string][] = [
    [["url"], url],
    ...Object.entries(headers).map(([name, text]): [PropertyKey[], string] => {
      return [["headers", name], text];
    }),
    ...(body === undefined ? [] : ([[["body"], body]] satisfies [PropertyKey[], string][])),
    ...authTexts(auth),
  ];
  const mistakes = texts.flatMap(([path, text]) => {
    const message = templateProblem(text, values);
    return message === null ? [] : [{ path, message }];
  });
  if (auth !== undefined && Object.keys(headers).some((name) => /^authorization$/i.test(name))) {
    mistakes.push({ path: ["auth"], message: "the header Authorization says so already" });
  }
  return mistakes;
}

function authTexts(auth: Templates["auth"]): [path: PropertyKey[], text: string][] {
  if (auth === undefined) return [];
  if ("bearer" in auth) return [[["auth", "bearer"], auth.bearer]];
  return [
    [["auth", "basic", "username"], auth.basic.username],
    [["auth", "basic", "password"], auth.basic.password],
  ];
}

/** Compiles an exchange: its address made absolute, its demands made conditions. */
export function compileExchange(baseUrl: string, exchange: ExchangeConfig): HttpExchange {
  const { url, auth, redirects } = exchange;
  return {
    url: url.startsWith("/") ? `${baseUrl.replace(/\/+$/, "")}${url}` : url,
    method: exchange.method,
    headers: exchange.headers,
    body: exchange.body ?? null,
    ...(auth !== undefined && { auth: compileAuth(auth) }),
    ...(redirects > 0 && { redirects }),
    conditions: compileConditions(exchange.expect),
  };
}

function compileAuth(auth: NonNullable<ExchangeConfig["auth"]>): HttpAuth {
  return "bearer" in auth
    ? { kind: "bearer", token: auth.bearer }
    : { kind: "basic", ...auth.basic };
}

/** Where a request goes is written in the file: a reference stands behind the host only. */
function isHttpUrlOrPath(url: string): boolean {
  const plain = url.replaceAll(/\{\{[^{}]*\}\}/g, "x");
  if (url.startsWith("/")) return !url.startsWith("//") && URL.canParse(plain, "http://localhost");
  const origin = /^https?:\/\/[^/?#\\]*/i.exec(url)?.[0];
  return origin !== undefined && !isTemplate(origin) && URL.canParse(plain);
}
