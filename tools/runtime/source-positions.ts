import { SourceMap } from "node:module";
import { posix } from "node:path";
import { z } from "zod";
import type { WorkerKey } from "./project.ts";
import { MODULES_FOLDER } from "./worker-modules.ts";

const Payload = z.object({
  file: z.string().default(""),
  version: z.number(),
  sources: z.array(z.string()),
  sourcesContent: z.array(z.string()).default([]),
  names: z.array(z.string()),
  mappings: z.string(),
  sourceRoot: z.string().default(""),
});

const POSITION = new RegExp(
  `(?:file://)?[^\\s"'()]*/${MODULES_FOLDER}/(probe|api)\\.js:(\\d+):(\\d+)`,
  "g",
);

/**
 * @param maps The source map of each Worker's bundle, as JSON.
 * @returns Puts the places in our source files where a text names places in a bundle, as stack
 * traces do. A text without any comes back as it is.
 */
export function sourcePositions(maps: ReadonlyMap<WorkerKey, string>): (text: string) => string {
  const parsed = new Map<string, SourceMap>();
  const mapOf = (key: string): SourceMap | undefined => {
    const known = parsed.get(key);
    if (known !== undefined) return known;
    for (const [worker, json] of maps) {
      if (worker !== key) continue;
      const map = new SourceMap(Payload.parse(JSON.parse(json)));
      parsed.set(key, map);
      return map;
    }
    return undefined;
  };
  return (text) =>
    text.replace(POSITION, (place, key: string, line: string, column: string) => {
      // A source map counts from 0, a stack trace from 1.
      const entry = mapOf(key)?.findEntry(Number(line) - 1, Number(column) - 1);
      if (entry === undefined || !("originalSource" in entry)) return place;
      const file = posix.normalize(entry.originalSource);
      return `${file}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
}
