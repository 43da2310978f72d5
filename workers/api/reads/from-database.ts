import { z } from "zod";

/** The database did not answer. Its `cause` is the platform's error, for the log only. */
export class DatabaseUnavailableError extends Error {
  override readonly name = "DatabaseUnavailableError";

  constructor(cause: unknown) {
    super("the database does not answer", { cause });
  }
}

/**
 * Awaits a read of the database. What the database throws becomes a DatabaseUnavailableError; rows
 * that do not parse are a fault of ours and stay what they are.
 */
export async function fromDatabase<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    // A read may be made of others, each of which came through here.
    if (error instanceof DatabaseUnavailableError) throw error;
    if (error instanceof z.ZodError || isOurs(error)) throw error;
    throw new DatabaseUnavailableError(error);
  }
}

/** What our own parsing and programming throws; D1 throws plain Errors. */
function isOurs(error: unknown): boolean {
  return [RangeError, SyntaxError, TypeError].some((kind) => error instanceof kind);
}
