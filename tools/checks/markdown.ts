/** What a document says that can be checked. */
export type Document = {
  /** Targets of links and images, as written. */
  readonly links: readonly string[];
  /** Anchors of its headings and of its `<a id>`, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
  /** Inline code and code blocks, as written. */
  readonly code: readonly string[];
};

const fence = /^ {0,3}(`{3,}|~{3,})[^\n]*\n([\s\S]*?)^ {0,3}\1[`~]*[ \t]*$/gm;
const comment = /<!--[\s\S]*?-->/g;
const inlineCode = /(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g;
const inlineLink = /\]\(\s*<?([^)\s>]+)>?(?:\s+["'(][^)]*)?\s*\)/g;
const linkDefinition = /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm;
const heading = /^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$/gm;
const explicitAnchor = /<a\s+(?:id|name)="([^"]+)"/g;

/** Reads as much Markdown as our own documents use. */
export function readMarkdown(markdown: string): Document {
  const code: string[] = [];
  const keepCode =
    (replacement: string) =>
    (_whole: string, _mark: string, text: string): string => {
      code.push(text.trim());
      return replacement;
    };
  const withoutBlocks = markdown.replace(comment, "").replace(fence, keepCode("\n"));
  const anchors = new Set(headingAnchors(withoutBlocks));
  const prose = withoutBlocks.replace(inlineCode, keepCode("code"));
  for (const [, id = ""] of prose.matchAll(explicitAnchor)) anchors.add(id);
  const links = [...prose.matchAll(inlineLink), ...prose.matchAll(linkDefinition)];
  return { links: links.map(([, target = ""]) => target), anchors, code };
}

function headingAnchors(markdown: string): string[] {
  const seen = new Map<string, number>();
  return [...markdown.matchAll(heading)].map(([, title = ""]) => {
    const slug = slugOf(title);
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/** GitHub's rule: lower case, no punctuation but `-` and `_`, a hyphen for each space. */
function slugOf(title: string): string {
  return title
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
    .replace(/\s/g, "-");
}
