import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FIXTURES = fileURLToPath(new URL("../fixtures", import.meta.url));

/** The fixture Workers as they are: read, never changed. */
export const FIXTURE_CONFIG = join(FIXTURES, "wrangler.toml");

/** A folder of its own; `remove` takes away all that is in it. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "local-runtime-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A copy of the fixture project, for a test that changes it. @returns Its folder. */
export function copyOfFixture(parent: string): string {
  const folder = join(parent, "project");
  cpSync(FIXTURES, folder, { recursive: true });
  return folder;
}
