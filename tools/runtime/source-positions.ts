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
  `(?:file://)?(?:[^\\s"'()]*/)?${MODULES_FOLDER}/(probe|api)\\.js:(\\d+):(\\d+)`,
  "g",
);

/**
 * @param maps The source map of each Worker's bundle, as JSON.
 * @returns Names the place in our source files where a text names a place in a bundle, as stack
 * traces do. A text without any comes back as it is.
 */
export function sourcePositions(
  maps: Readonly<Record<WorkerKey, string>>,
): (text: string) => string {
  const read = new Map<string, SourceMap>();
  const mapOf = (key: WorkerKey): SourceMap => {
    const map = read.get(key) ?? new SourceMap(Payload.parse(JSON.parse(maps[key])));
    read.set(key, map);
    return map;
  };
  return (text) =>
    text.replace(POSITION, (place, worker: WorkerKey, line: string, column: string) => {
      // A source map counts from 0, a stack trace from 1.
      const entry = mapOf(worker).findEntry(Number(line) - 1, Number(column) - 1);
      if (!("originalSource" in entry)) return place;
      const file = posix.normalize(entry.originalSource);
      return `${file}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
}
