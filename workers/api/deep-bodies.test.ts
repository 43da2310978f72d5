/** Bodies that are nested as deep as their length allows: refused by every route that writes. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { ruleBodySchema, rulePatchSchema } from "../../shared/contract/api/rules.ts";
import { guarded } from "./access.ts";
import { createApp } from "./app.ts";
import {
  allUp,
  applyConfig,
  ask,
  clockAt,
  configOf,
  minute,
  plainMonitors,
  record,
  resetWorld,
} from "./testing/world.ts";

const at = minute(1) + 10;
const rule = "service-down";
const headers = { "Content-Type": "application/json" };
const longest = 65_536;
const arrays = (length: number) => "[".repeat(length / 2) + "]".repeat(length / 2);
const objects = (length: number) => {
  const levels = Math.floor((length - 1) / 6);
  return `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
};

const routes = createApp(clockAt(at)).openAPIRegistry.definitions.flatMap((one) =>
  one.type === "route" ? [one.route] : [],
);
const writes = guarded
  .filter(({ method }) => method !== "GET")
  .map(({ method, path }) => {
    const of = routes.find((route) => route.path === path && route.method.toUpperCase() === method);
    const content = of?.request?.body?.content["application/json"] ?? {};
    const names = [
      { in: "{number}", as: "1" },
      { in: "{signal}", as: "start" },
    ];
    const filled = names.reduce((text, name) => text.replace(name.in, name.as), path);
    // A rule that is there: a change is held against the whole of it. Of others the id may be any.
    const id = method !== "DELETE" && path.includes("/rules/") ? rule : "1";
    return {
      method,
      path: filled.replace("{id}", id),
      schema: "schema" in content ? content.schema : undefined,
    };
  });

const mixed = (length: number) => {
  const levels = Math.floor((length - 1) / 8);
  return `${'[{"a":'.repeat(levels)}1${"}]".repeat(levels)}`;
};

function fieldsOf(schema: unknown): string[] {
  // What it changes are the fields of a rule.
  if (schema === rulePatchSchema) return fieldsOf(ruleBodySchema);
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(fieldsOf);
  if (schema instanceof z.ZodPipe) return [...fieldsOf(schema.in), ...fieldsOf(schema.out)];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return fieldsOf(schema.unwrap());
  }
  if (schema instanceof z.ZodPrefault) return fieldsOf(schema.unwrap());
  return [];
}

const audited = async () =>
  (await env.DB.prepare("SELECT count(*) AS entries FROM audit").first<number>("entries")) ?? -1;

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home")));
  await record({ from: minute(0), to: minute(1) }, allUp);
});

it("looks at every route that writes, and knows what those with a body take", () => {
  expect(writes.length).toBeGreaterThan(30);
  const blind = writes.filter(({ schema }) => schema !== undefined && !fieldsOf(schema).length);
  expect(blind.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});

it.each([
  ["64 KiB of [", "[".repeat(longest)],
  ["arrays in arrays", arrays(longest)],
  ["objects in objects", objects(longest)],
  ["an object that is never closed", '{"a":'.repeat(longest / 5)],
])("%s are refused, and nobody's audit is told of them", async (_, body) => {
  const before = await audited();
  for (const { method, path, schema } of writes) {
    const response = await ask(path, { at, method, headers, body });
    const what = `${method} ${path} answered ${response.status}: ${await response.clone().text()}`;
    // Who takes no body does not look at it.
    if (schema === undefined) expect([400, 404, 409], what).toContain(response.status);
    else expect(response.status, what).toBe(400);
  }
  expect(await audited()).toBe(before);
});

it("in each field that a route takes are refused as well", async () => {
  for (const { method, path, schema } of writes) {
    for (const field of fieldsOf(schema)) {
      const body = `{${JSON.stringify(field)}:${mixed(60_000)}}`;
      const response = await ask(path, { at, method, headers, body });
      expect(response.status, `${method} ${path} with a deep ${field}`).toBe(400);
    }
  }
});

it("that nobody looks at do not keep an action from being noted", async () => {
  const before = await audited();
  const body = mixed(60_000);
  const response = await ask(`/api/monitoring/rules/${rule}`, {
    ...{ at, headers, body },
    method: "DELETE",
  });
  expect(response.status).toBe(200);
  expect(await audited()).toBe(before + 1);
});
