import { expect, it } from "vitest";
import { openApiDocumentSchema } from "../../../shared/contract/api/openapi.ts";
import { readAnswer } from "../testing/read-answer.ts";
import { ask, start } from "../testing/world.ts";

const asked = { at: start, key: null };

it("serves the document to anybody, to be kept for a while", async () => {
  const response = await ask("/api/openapi.json", asked);
  expect(response.headers.get("Cache-Control")).toMatch(/^public, max-age=\d+.*stale-if-error/);
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  const document = await readAnswer(response, openApiDocumentSchema);
  expect(document.openapi).toBe("3.1.0");
  expect(Object.keys(document.paths)).toContain("/api/status");
});

it.each(["/api/openapi.json", "/api/docs"])("says that %s did not change", async (path) => {
  const first = await ask(path, asked);
  const etag = first.headers.get("ETag") ?? "";
  const again = await ask(path, { ...asked, headers: { "If-None-Match": `"other", W/${etag}` } });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe("");
  const other = await ask(path, { ...asked, headers: { "If-None-Match": '"other"' } });
  expect(other.status).toBe(200);
});

it("serves a page under a policy without scripts, with every operation and schema", async () => {
  const response = await ask("/api/docs", asked);
  const page = await response.text();
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("script");
  expect(page).not.toMatch(/<script|style="|\son\w+="|https?:\/\//i);
  const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? "";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  expect(policy).toContain(btoa(String.fromCharCode(...new Uint8Array(digest))));

  const document = await (await ask("/api/openapi.json", asked)).text();
  const operations = [...document.matchAll(/"operationId": "(\w+)"/g)].map(([, id]) => id);
  expect(operations.length).toBeGreaterThan(60);
  for (const id of operations) expect(page).toContain(`<article id="${id}">`);
  const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  for (const id of new Set(targets)) expect(page).toContain(`id="${id}"`);
});
