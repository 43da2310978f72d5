import { parseSync, Visitor } from "vite";

/** One import; `typesOnly` when nothing is left of it at run time. */
export type Import = { readonly specifier: string; readonly typesOnly: boolean };

/**
 * Every import of a TypeScript file, parsed: static, re-exported, dynamic with a literal name, and
 * `import("…")` in a type. `import { type A }` counts as running: verbatimModuleSyntax leaves
 * `import {}` of it.
 *
 * @throws Error naming the file when it does not parse
 */
export function importsOf(path: string, source: string): Import[] {
  const { program, errors } = parseSync(path, source);
  const [error] = errors;
  if (error) throw new Error(`${path} does not parse: ${error.message}`);

  const found: Import[] = [];
  const add = (from: { value: unknown } | null, typesOnly: boolean): void => {
    if (typeof from?.value === "string") found.push({ specifier: from.value, typesOnly });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source, node.importKind === "type"),
    ExportNamedDeclaration: (node) => add(node.source, node.exportKind === "type"),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === "type"),
    ImportExpression: (node) =>
      add(node.source.type === "Literal" ? { value: node.source.value } : null, false),
    TSImportType: (node) => add(node.source, true),
  }).visit(program);
  return found;
}
