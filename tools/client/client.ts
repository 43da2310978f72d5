import type { z } from "zod";
import { ApiMismatchError, ApiUnreachableError, errorOf, parseJson } from "./errors.ts";
import { operations } from "./operations.ts";

export type Operations = typeof operations;
export type OperationId = keyof Operations;

/** What is known of an operation beside its types. */
interface Shape {
  readonly method: string;
  readonly path: string;
  readonly answers: Readonly<Record<number, z.ZodType | "text" | null>>;
}

/** In an address numbers may be written as such. */
type Texts<T> = { [K in keyof T]: T[K] | number | boolean };

type IfOptional<T, Field extends string> =
  Record<never, never> extends T ? { readonly [K in Field]?: T } : { readonly [K in Field]: T };

type ParamsOf<O> = O extends { readonly params: infer S extends z.ZodType }
  ? { readonly params: Texts<z.input<S>> }
  : unknown;
type QueryOf<O> = O extends { readonly query: infer S extends z.ZodType }
  ? IfOptional<Texts<z.input<S>>, "query">
  : unknown;
type BodyOf<O> = O extends { readonly body: infer S extends z.ZodType }
  ? { readonly body: z.input<S> }
  : O extends { readonly optionalBody: infer S extends z.ZodType }
    ? { readonly body?: z.input<S> }
    : unknown;

interface Extras {
  /** Beside those that the client sends by itself, for example Idempotency-Key. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What an operation takes. */
export type InputOf<Id extends OperationId> = ParamsOf<Operations[Id]> &
  QueryOf<Operations[Id]> &
  BodyOf<Operations[Id]> &
  Extras;

type Answered<A> = A extends z.ZodType ? z.output<A> : A extends "text" ? string : null;
type AnswersOf<O> = O extends { readonly answers: infer A } ? A[keyof A] : never;

/** What an operation answers. */
export type AnswerOf<Id extends OperationId> = Answered<AnswersOf<Operations[Id]>>;

type Call<Id extends OperationId> =
  Extras extends InputOf<Id> ? [id: Id, input?: InputOf<Id>] : [id: Id, input: InputOf<Id>];

interface Page {
  readonly nextCursor: string | number | null;
}

/** Operations that answer a page at a time. */
export type PagedId = { [Id in OperationId]: AnswerOf<Id> extends Page ? Id : never }[OperationId];

export interface ClientOptions {
  /** Of the API, for example https://monitoring.netpost.example. */
  readonly baseUrl: string;
  /** Goes into Authorization: Bearer. */
  readonly key?: string;
  /** In place of the platform's own. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** After so long a request is given up, ms. Default: 30 s. */
  readonly timeoutMs?: number;
}

export interface Client {
  /**
   * Asks. The answer is checked against the contract.
   *
   * @throws ApiProblemError what the API refused
   * @throws ApiUnreachableError nobody answered, or somebody else
   * @throws ApiMismatchError an answer that the contract does not know
   */
  call<Id extends OperationId>(...[id, input]: Call<Id>): Promise<AnswerOf<Id>>;
  /** Page after page, as they are asked for. @throws as `call` */
  pages<Id extends PagedId>(...[id, input]: Call<Id>): AsyncGenerator<AnswerOf<Id>>;
}

const usualTimeoutMs = 30_000;

/** A client of the API, typed by its own contract. */
export function createClient(options: ClientOptions): Client {
  const base = new URL(options.baseUrl);
  const send = options.fetch ?? ((request: Request) => fetch(request));

  async function reached<T>(fault: string, part: () => Promise<T>): Promise<T> {
    try {
      return await part();
    } catch (error) {
      throw new ApiUnreachableError(`${base.origin} ${fault}: ${whyOf(error)}`, { cause: error });
    }
  }

  async function ask(id: OperationId, input: Loose): Promise<unknown> {
    const operation: Shape = operations[id];
    const request = requestOf(base, operation, input, options);
    const response = await reached("does not answer", () => send(request));
    const text = await reached("broke off its answer", () => response.text());
    if (!response.ok) throw errorOf(response, text, id);
    const schema = operation.answers[response.status];
    if (schema === undefined) {
      throw new ApiMismatchError(`${id}: status ${response.status} is not in the contract`);
    }
    if (schema === null) return null;
    if (schema === "text") return text;
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") ?? "";
    throw new ApiMismatchError(`${id}: the answer does not fit the contract at "${where}"`);
  }

  async function* pages(id: OperationId, input: Loose): AsyncGenerator<unknown> {
    let cursor: string | number | null | undefined;
    do {
      const query = cursor === undefined ? input.query : { ...input.query, cursor };
      const page = await ask(id, query === undefined ? input : { ...input, query });
      yield page;
      cursor = nextCursorOf(page);
    } while (cursor !== null);
  }

  // The types above follow from the table that is used below: only here the compiler cannot see it.
  return {
    call: (id: OperationId, input: Loose = {}) => ask(id, input),
    pages: (id: OperationId, input: Loose = {}) => pages(id, input),
  } as Client;
}

/** What may be given to any operation. */
interface Loose extends Extras {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

function requestOf(base: URL, operation: Shape, input: Loose, options: ClientOptions): Request {
  const { params = {}, query = {}, body, headers = {}, signal } = input;
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const url = new URL(`${base.pathname.replace(/\/$/, "")}${path}`, base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
  }
  const timeout = AbortSignal.timeout(options.timeoutMs ?? usualTimeoutMs);
  return new Request(url, {
    method: operation.method,
    redirect: "manual",
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    headers: {
      ...(options.key === undefined ? {} : { Authorization: `Bearer ${options.key}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function nextCursorOf(page: unknown): string | number | null {
  if (typeof page !== "object" || page === null || !("nextCursor" in page)) return null;
  const { nextCursor } = page;
  return typeof nextCursor === "string" || typeof nextCursor === "number" ? nextCursor : null;
}

/** Fetch of Node hides what it was behind "fetch failed". */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "it took too long";
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || ("code" in cause ? String(cause.code) : error.message);
}
