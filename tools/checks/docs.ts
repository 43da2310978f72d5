import { posix } from "node:path";
import { type Document, readMarkdown } from "./markdown.ts";
import type { Sources } from "./repository.ts";

/** What documents are compared with. */
export type Surroundings = {
  /** Whether a file, a folder or a match of a glob is there, by its path from the root. */
  readonly exists: (path: string) => boolean;
  /** The names of the scripts in package.json. */
  readonly scripts: ReadonlySet<string>;
};

const ourFolders = /^(?:\.\/)?(?:shared|workers|tools|docs|migrations|\.ci|\.github)\//;
const npmScript = /\bnpm (?:run(?:-script)? ([\w:.-]+)|(start|test)\b)/g;

/**
 * Says what documents get wrong about the repository, a sentence each.
 *
 * @param documents Markdown by its path from the root
 */
export function wrongInDocs(documents: Sources, surroundings: Surroundings): string[] {
  const read = new Map([...documents].map(([path, text]) => [path, readMarkdown(text)] as const));
  return [...documents].flatMap(([path, text]) => {
    const document = read.get(path);
    return [
      ...(document?.links ?? []).flatMap(
        (link) => linkProblem(path, link, read, surroundings) ?? [],
      ),
      ...pathsIn(document?.code ?? [])
        .filter((named) => !surroundings.exists(named))
        .map((named) => `${path} names ${named}, which does not exist.`),
      ...scriptsIn(text)
        .filter((script) => !surroundings.scripts.has(script))
        .map((script) => `${path} names the npm script ${script}, which is not in package.json.`),
    ];
  });
}

function linkProblem(
  path: string,
  link: string,
  documents: ReadonlyMap<string, Document>,
  { exists }: Surroundings,
): string | null {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(link)) return null;
  const [file = "", anchor] = link.split("#");
  const target = targetOf(path, decodeURI(file));
  if (target.startsWith("..")) return `${path} links to ${link}, which is outside the repository.`;
  if (!exists(target)) return `${path} links to ${link}, which does not exist.`;
  const document = documents.get(target);
  if (anchor === undefined || !document || document.anchors.has(decodeURI(anchor))) return null;
  return `${path} links to ${link}, but ${target} has no heading #${anchor}.`;
}

function targetOf(path: string, file: string): string {
  if (file === "") return path;
  if (file.startsWith("/")) return posix.normalize(file.slice(1));
  return posix.join(posix.dirname(path), file);
}

/** Words in code that begin with one of our folders; an ellipsis or `<name>` stands for anything. */
function pathsIn(code: readonly string[]): string[] {
  const words = code.flatMap((text) => text.split(/[\s"'()=|]+/));
  const paths = words.filter((word) => ourFolders.test(word) && !/[…<$]|\.\.\./.test(word));
  return [...new Set(paths.map((word) => posix.normalize(word.replace(/(?::\d+)*[.,;:]*$/, ""))))];
}

function scriptsIn(text: string): string[] {
  const names = [...text.matchAll(npmScript)].map(([, run, short]) => run ?? short ?? "");
  return [...new Set(names.map((name) => name.replace(/[.:-]+$/, "")))];
}
