/** Reads a backup, ours or an export of wrangler, into a new SQLite file. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { StringDecoder } from "node:string_decoder";
import { type Contents, contentsOf, differences } from "./digest.ts";
import { cut, type Manifest, manifestIn } from "./dump.ts";

const chunkBytes = 1 << 20;

export interface Loaded {
  readonly contents: Contents;
  /** Null where the file says nothing of itself. */
  readonly manifest: Manifest | null;
  /** What is otherwise than the file says of itself, a line each. */
  readonly wrong: readonly string[];
}

/**
 * Loads a backup and holds what came of it against what the file says of itself.
 *
 * @param into a path where nothing is, or `:memory:`
 * @throws Error SQLite's own words, where the file is not SQL
 */
export function load(file: string, into: string): Loaded {
  const database = new DatabaseSync(into, { enableForeignKeyConstraints: false });
  const input = openSync(file, "r");
  try {
    database.exec("BEGIN");
    const decoder = new StringDecoder("utf8");
    const buffer = Buffer.alloc(chunkBytes);
    let waiting = "";
    for (let left = statSync(file).size; left > 0; ) {
      const read = readSync(input, buffer);
      if (read === 0) break;
      left -= read;
      waiting += decoder.write(buffer.subarray(0, read));
      const at = waiting.lastIndexOf(cut);
      if (at < 0) continue;
      database.exec(waiting.slice(0, at));
      waiting = waiting.slice(at + cut.length);
    }
    const manifest = manifestIn(waiting);
    database.exec(waiting);
    database.exec("COMMIT");
    const contents = contentsOf(database);
    return {
      contents,
      manifest,
      wrong: manifest === null ? [] : differences(manifest.contents, contents),
    };
  } finally {
    closeSync(input);
    database.close();
  }
}
