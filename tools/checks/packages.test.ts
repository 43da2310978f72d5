import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { wrongInPackages } from "./packages.ts";
import { root } from "./repository.ts";

const read = (name: string): unknown => JSON.parse(readFileSync(`${root}${name}`, "utf8"));

it("our package files name exact versions, no registry, and one workerd", () => {
  expect(wrongInPackages(read("package.json"), read("package-lock.json"))).toEqual([]);
});

describe("the checker", () => {
  it.each(["^1.2.3", "~1.2.3", "1.2", "1.x", "latest", "*", ">=1.2.3", "git+https://x/y.git"])(
    "refuses the version %s",
    (version) => {
      const manifest = { devDependencies: { some: version } };
      expect(wrongInPackages(manifest, { packages: {} })).toEqual([
        `package.json asks for some ${version}: name one version.`,
      ]);
    },
  );

  it("takes exact versions, previews too", () => {
    const dependencies = { one: "1.2.3", two: "5.20261102.0-beta" };
    expect(wrongInPackages({ dependencies }, { packages: {} })).toEqual([]);
  });

  it("refuses a lockfile that is tied to a registry", () => {
    const resolved = "https://registry.example/a.tgz";
    const packages = { "node_modules/a": { version: "1.0.0", resolved } };
    expect(wrongInPackages({}, { packages })).toEqual([
      `package-lock.json ties node_modules/a to ${resolved}.`,
    ]);
  });

  it("refuses a lockfile made for one platform", () => {
    const optionalDependencies = { "a-linux": "1.0.0", "a-darwin": "1.0.0" };
    const packages = { "node_modules/a": { optionalDependencies }, "node_modules/a-linux": {} };
    expect(wrongInPackages({}, { packages })).toEqual([
      "package-lock.json lacks a-darwin, a build of node_modules/a for some platform: npm ci refuses it.",
    ]);
  });

  it("refuses a second workerd", () => {
    const packages = {
      "node_modules/workerd": { version: "1.0.0" },
      "node_modules/wrangler/node_modules/workerd": { version: "2.0.0" },
    };
    expect(wrongInPackages({}, { packages })).toEqual([
      "package-lock.json brings 2 workerds of 100 MB: node_modules/workerd 1.0.0, node_modules/wrangler/node_modules/workerd 2.0.0.",
    ]);
  });
});
