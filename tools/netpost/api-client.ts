/** Asks the API, and makes one readable line of whatever goes wrong. */
import type { z } from "zod";
import {
  ApiMismatchError,
  ApiProblemError,
  ApiUnreachableError,
  type Client,
  createClient,
} from "../client/index.ts";
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

/** A way to ask the API. */
export type Api = {
  /** Without a slash at the end. */
  readonly url: string;
  /**
   * Asks by the typed client.
   *
   * @throws CommandError whatever goes wrong
   */
  ask<T>(question: (client: Client) => Promise<T>): Promise<T>;
};

type Access = { readonly url: string; readonly key: string };

/**
 * Finds the API that is meant.
 *
 * @param withinMs how long an answer may take, ms; 30 seconds unless said
 * @throws CommandError where there is none, or no key for it
 */
export function findApi(invocation: Invocation, withinMs = 30_000): Api {
  const { url, key } = accessOf(invocation);
  const client = createClient({ baseUrl: url, key, timeoutMs: withinMs });
  return {
    url,
    async ask(question) {
      try {
        return await question(client);
      } catch (error) {
        throw new CommandError(wordsOf(url, error), { cause: error });
      }
    },
  };
}

/**
 * Options as the contract takes them; what is undefined is left out.
 *
 * @param names of options that are not called as the contract's fields are
 * @throws CommandError naming the option that is wrong, and what is allowed
 */
export function asInput<S extends z.ZodType>(
  schema: S,
  options: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, string>> = {},
): z.input<S> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const values: unknown = Object.fromEntries(given);
  const [issue] = schema.safeParse(values).error?.issues ?? [];
  if (issue) {
    const [field = ""] = issue.path.map(String);
    throw new CommandError(`--${names[field] ?? field}: ${issue.message}`);
  }
  if (isInput(schema, values)) return values;
  throw new CommandError("options that do not go together");
}

function isInput<S extends z.ZodType>(schema: S, values: unknown): values is z.input<S> {
  return schema.safeParse(values).success;
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

/** What went wrong, in one line. */
function wordsOf(url: string, error: unknown): string {
  if (error instanceof ApiProblemError) {
    const { status, problem } = error;
    if (status === 401)
      return "The key is missing, wrong or no longer valid (--key or NETPOST_KEY).";
    return (problem.errors ?? []).length > 0 ? error.message : problem.detail;
  }
  if (error instanceof ApiMismatchError) {
    return `${url} answers otherwise than this version of netpost expects: ${error.message}.`;
  }
  if (error instanceof ApiUnreachableError) return `${error.message}.`;
  throw error;
}
