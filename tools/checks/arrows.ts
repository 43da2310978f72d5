import { posix } from "node:path";
import { type Import, importsOf } from "./imports.ts";
import type { Sources } from "./repository.ts";

type Area = {
  readonly name: string;
  readonly owns: (path: string) => boolean;
  /** Names of the areas that its files may import, beside their own. */
  readonly mayImport: readonly string[];
  /** Whether its product code may import a package, and if not, why. */
  readonly refusesPackage?: (specifier: string) => string | null;
};

const under =
  (folder: string) =>
  (path: string): boolean =>
    path.startsWith(`${folder}/`);

const noPackages = (): string => "the domain imports no package at all";
const noRuntime = (specifier: string): string | null =>
  /^(node|cloudflare):/.test(specifier) ? "it has to run in Node and in workerd alike" : null;
/** Which line of the log belongs to which tick, without handing that through every function. */
const noRuntimeButContext = (specifier: string): string | null =>
  specifier === "node:async_hooks" ? null : noRuntime(specifier);

const shared = ["shared", "contract", "domain"];

/** In this order a path belongs to the first area that owns it. */
const areas: readonly Area[] = [
  { name: "domain", owns: under("shared/domain"), mayImport: [], refusesPackage: noPackages },
  {
    name: "contract",
    owns: under("shared/contract"),
    mayImport: ["domain"],
    refusesPackage: noRuntime,
  },
  { name: "storage", owns: under("shared/storage"), mayImport: shared },
  { name: "measure", owns: under("shared/measure"), mayImport: ["storage", ...shared] },
  {
    name: "shared",
    owns: under("shared"),
    mayImport: ["contract", "domain"],
    refusesPackage: noRuntimeButContext,
  },
  { name: "probe", owns: under("workers/probe"), mayImport: ["measure", "storage", ...shared] },
  { name: "api", owns: under("workers/api"), mayImport: ["measure", "storage", ...shared] },
  {
    // Workers that a tool puts around the product's, as the benchmark does (tools run them by
    // path), and tests that hold what a tool ships against the product.
    name: "workers and tests of tools",
    owns: (path) => under("tools")(path) && /(?:-worker|\.test)\.ts$/.test(path),
    mayImport: ["tools", "probe", "api", "measure", "storage", ...shared, "root"],
  },
  { name: "tools", owns: under("tools"), mayImport: ["measure", "storage", ...shared, "root"] },
  { name: "root", owns: (path) => !path.includes("/"), mayImport: ["tools", "storage", ...shared] },
];

/**
 * Says what is wrong with the imports of a tree, a sentence each; none if they point one way.
 *
 * @param sources every TypeScript file, by its path from the root
 * @param dependencies the packages that get deployed: `dependencies` in package.json
 * @throws Error naming a file that does not parse
 */
export function wrongImports(sources: Sources, dependencies: ReadonlySet<string>): string[] {
  const imports = new Map(
    [...sources].map(([path, source]) => [path, importsOf(path, source)] as const),
  );
  const wrong = [...imports].flatMap(([path, list]) =>
    list.flatMap((one) => problemOf(path, one, sources, dependencies) ?? []),
  );
  return [...new Set([...wrong, ...cycles(imports)])];
}

function problemOf(
  path: string,
  { specifier, typesOnly }: Import,
  sources: Sources,
  dependencies: ReadonlySet<string>,
): string | null {
  const area = areaOf(path);
  if (!area) return `${path} is in no area that tools/checks/arrows.ts knows: add it there.`;
  const target = resolve(path, specifier);
  if (target === null) {
    if (isTestCode(path)) return null;
    const refusal = area.refusesPackage?.(specifier) ?? null;
    if (refusal) return `${path} imports the package ${specifier}, but ${refusal}.`;
    if (!isDeployed(path) || typesOnly || isBuiltIn(specifier)) return null;
    return dependencies.has(packageOf(specifier))
      ? null
      : `${path} gets deployed and imports ${specifier}, which is not among the dependencies in package.json.`;
  }
  if (target.endsWith(".ts") && !sources.has(target)) {
    return `${path} imports ${target}, which does not exist.`;
  }
  if (isTestCode(target) && !isTestCode(path) && area.name !== "root") {
    return `${path} imports ${target}, but only tests may import test code.`;
  }
  const targetArea = areaOf(target);
  if (targetArea === area || (targetArea && area.mayImport.includes(targetArea.name))) return null;
  const allowed = [`its own area (${area.name})`, ...area.mayImport].join(", ");
  return `${path} imports ${target}, but may import only ${allowed}.`;
}

/** Every cycle of imports that run, once, as one sentence. Types alone cannot run in circles. */
function cycles(imports: ReadonlyMap<string, readonly Import[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push(`${[...trail.slice(start), path].join(" imports ")}: a cycle.`);
      return;
    }
    if (done.has(path)) return;
    for (const { specifier, typesOnly } of imports.get(path) ?? []) {
      const target = typesOnly ? null : resolve(path, specifier);
      if (target !== null && imports.has(target)) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}

function areaOf(path: string): Area | undefined {
  return areas.find((area) => area.owns(path));
}

/** A relative import's path from the root, or null for a package. */
function resolve(from: string, specifier: string): string | null {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : null;
}

function isTestCode(path: string): boolean {
  return path.endsWith(".test.ts") || path.includes("/testing/");
}

function isDeployed(path: string): boolean {
  return under("workers")(path) || under("shared")(path);
}

function isBuiltIn(specifier: string): boolean {
  return /^(node|cloudflare):/.test(specifier);
}

/** `@scope/name/sub` and `name/sub` without what comes after the package's name. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
