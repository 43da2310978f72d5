import { z } from "zod";

const versions = z.record(z.string(), z.string()).default({});

const manifestSchema = z.object({ dependencies: versions, devDependencies: versions });
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      resolved: z.string().optional(),
      optionalDependencies: versions,
    }),
  ),
});

const exact = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/**
 * Says what is wrong with our package files, a sentence each.
 *
 * @param manifest package.json, parsed from JSON
 * @param lock package-lock.json, parsed from JSON
 * @throws ZodError when one of them is not such a file at all
 */
export function wrongInPackages(manifest: unknown, lock: unknown): string[] {
  const { dependencies, devDependencies } = manifestSchema.parse(manifest);
  const locked = Object.entries(lockSchema.parse(lock).packages);
  const workerds = locked.filter(([path]) => /(?:^|\/)node_modules\/workerd$/.test(path));
  return [
    ...Object.entries({ ...dependencies, ...devDependencies })
      .filter(([, version]) => !exact.test(version))
      .map(([name, version]) => `package.json asks for ${name} ${version}: name one version.`),
    ...locked
      .filter(([, { resolved }]) => resolved?.startsWith("http"))
      .map(([path, { resolved }]) => `package-lock.json ties ${path} to ${resolved}.`),
    ...locked.flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !isLocked(name, path, locked))
        .map(
          (name) =>
            `package-lock.json lacks ${name}, a build of ${path} for some platform: npm ci refuses it.`,
        ),
    ),
    ...(workerds.length > 1
      ? [`package-lock.json brings ${workerds.length} workerds of 100 MB: ${namesOf(workerds)}.`]
      : []),
  ];
}

/** A registry that lacks other platforms' builds makes npm leave them out of the lockfile. */
function isLocked(
  name: string,
  path: string,
  locked: readonly (readonly [string, unknown])[],
): boolean {
  return locked.some(([other]) =>
    [`node_modules/${name}`, `${path}/node_modules/${name}`].includes(other),
  );
}

function namesOf(entries: readonly (readonly [string, { version?: string | undefined }])[]) {
  return entries.map(([path, { version }]) => `${path} ${version}`).join(", ");
}
