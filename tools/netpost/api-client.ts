/** Asks the API, and makes one readable line of whatever goes wrong. */
import type { z } from "zod";
import { problemSchema } from "../../shared/contract/api/problem.ts";
import { runningApi } from "../runtime/data-folder.ts";
import { CommandError, type Invocation, type Option } from "./command.ts";
import { dataFolderOf } from "./config-options.ts";

/** Which API is asked, as whom. */
export const apiOptions: Readonly<Record<string, Option>> = {
  url: {
    value: "url",
    help: "where the API is (default NETPOST_URL, else the npm start that runs)",
  },
  key: {
    value: "key",
    help: "its key (default NETPOST_KEY, else that of npm start); others on this machine see what is written here",
  },
  data: {
    value: "folder",
    help: "the data folder of that npm start (default DATA_DIR, else .data)",
  },
};

/** One request. */
export type Asked<S extends z.ZodType> = {
  readonly method?: "GET" | "POST" | "DELETE";
  /** Beginning with `/api/`. */
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly schema: S;
  /** How long an answer may take, ms; 30 seconds unless said. */
  readonly withinMs?: number;
};

/** A way to ask the API. */
export type Api = {
  /** Without a slash at the end. */
  readonly url: string;
  /** @throws CommandError whatever goes wrong */
  ask<S extends z.ZodType>(asked: Asked<S>): Promise<z.output<S>>;
};

type Access = { readonly url: string; readonly key: string };

/** Finds the API that is meant. @throws CommandError where there is none, or no key for it. */
export function findApi(invocation: Invocation): Api {
  const { url, key } = accessOf(invocation);
  return { url, ask: (asked) => ask({ url, key }, asked) };
}

function accessOf(invocation: Invocation): Access {
  const { text, env } = invocation;
  const given = text("url") ?? (env["NETPOST_URL"] || undefined);
  const key = text("key") ?? (env["NETPOST_KEY"] || undefined);
  if (given !== undefined) {
    if (!/^https?:\/\/[^/]/i.test(given) || !URL.canParse(given)) {
      const name = text("url") === undefined ? "NETPOST_URL" : "--url";
      throw new CommandError(`${name}: an http(s) URL, for example https://monitoring.example`);
    }
    // The key of npm start is for npm start alone: it is never sent elsewhere.
    if (key === undefined) {
      throw new CommandError(`--key: ${given} asks for a key; --key or NETPOST_KEY says it`);
    }
    return { url: given.replace(/\/+$/, ""), key };
  }
  const running = runningApi(dataFolderOf(invocation));
  if (running === undefined) {
    throw new CommandError(
      "--url: no npm start runs here; --url or NETPOST_URL says where the API is",
    );
  }
  const known = key ?? running.adminToken;
  if (known === undefined) {
    throw new CommandError(
      "--key: npm start runs without ADMIN_TOKEN; --key or NETPOST_KEY says one",
    );
  }
  return { url: running.url, key: known };
}

async function ask<S extends z.ZodType>(
  { url, key }: Access,
  { method = "GET", path, query = {}, body, schema, withinMs = 30_000 }: Asked<S>,
): Promise<z.output<S>> {
  const address = new URL(`${url}${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) address.searchParams.set(name, value);
  }
  const response = await fetch(address, {
    method,
    // A redirect could carry the key elsewhere.
    redirect: "error",
    signal: AbortSignal.timeout(withinMs),
    headers: {
      authorization: `Bearer ${key}`,
      accept: "application/json",
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new CommandError(`${url} does not answer: ${whyOf(error)}.`);
  });
  const text = await response.text().catch((error: unknown) => {
    throw new CommandError(`${url} broke off its answer: ${whyOf(error)}.`);
  });
  const answer = parsed(text);
  if (!response.ok) throw new CommandError(problemIn(url, response.status, answer));
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new CommandError(
    `${url} answers ${path} otherwise than this version of netpost expects (${issue?.path.join(".")}: ${issue?.message}).`,
  );
}

/** For example `body.minutes: a whole number …`. */
function problemIn(url: string, status: number, answer: unknown): string {
  const read = problemSchema.partial().safeParse(answer);
  if (!read.success || read.data.title === undefined)
    return `${url} answers with status ${status}.`;
  const { title, detail, errors = [] } = read.data;
  if (status === 401) return "The key is missing, wrong or no longer valid (--key or NETPOST_KEY).";
  const fields = errors.map(({ field, message }) => `${field}: ${message}`);
  return fields.length > 0 ? `${title}: ${fields.join("; ")}` : (detail ?? title);
}

function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "it took too long";
  const { cause } = error;
  if (cause instanceof Error) {
    return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
  }
  return error.message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
