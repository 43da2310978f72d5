import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { openApiDocumentSchema } from "../../../shared/contract/api/openapi.ts";
import type { ApiEnv } from "../context.ts";
import { openApiSchema } from "../pages/open-api.ts";
import { openApiText } from "../pages/openapi-text.ts";
import { referencePage, referenceStyleSource } from "../pages/reference-page.ts";
import { answer, notModified, text } from "./responses.ts";

/** It changes with a deploy only. */
const caching = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400";

const document = createRoute({
  method: "get",
  path: "/api/openapi.json",
  operationId: "getOpenApi",
  tags: ["documentation"],
  summary: "This document",
  responses: { 200: answer("OpenAPI 3.1", openApiDocumentSchema), ...notModified },
});

const page = createRoute({
  method: "get",
  path: "/api/docs",
  operationId: "getReference",
  tags: ["documentation"],
  summary: "The same as a page to read",
  responses: { 200: text("The page", "text/html"), ...notModified },
});

interface Kept {
  readonly text: string;
  readonly etag: string;
}

/** GET /api/openapi.json and GET /api/docs. */
export function addOpenApi(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(document, async (context) => {
    const { text: body, etag } = await keptDocument();
    context.header("ETag", etag);
    context.header("Cache-Control", caching);
    if (isKnown(context.req.header("If-None-Match"), etag)) return context.body(null, 304);
    return context.body(body, 200, { "Content-Type": "application/json" });
  });

  app.openapi(page, async (context) => {
    const { text: body, etag } = await keptPage();
    context.header("ETag", etag);
    context.header("Cache-Control", caching);
    if (isKnown(context.req.header("If-None-Match"), etag)) return context.body(null, 304);
    const style = await referenceStyleSource();
    context.header(
      "Content-Security-Policy",
      `default-src 'none'; style-src ${style}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    );
    return context.html(body, 200);
  });
}

/** Made once by each isolate. */
const keptDocument = once(() => openApiText);
const keptPage = once(() => referencePage(openApiSchema.parse(JSON.parse(openApiText))));

function once(make: () => string): () => Promise<Kept> {
  let kept: Kept | null = null;
  return async () => {
    if (kept === null) {
      const body = make();
      kept = { text: body, etag: await etagOf(body) };
    }
    return kept;
  };
}

async function etagOf(body: string): Promise<string> {
  const digest = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body)),
  );
  return `"${btoa(String.fromCharCode(...digest.subarray(0, 16)))}"`;
}

/** Whether If-None-Match (RFC 9110, 13.1.2) names it. */
function isKnown(header: string | undefined, etag: string): boolean {
  const named = (header ?? "").split(",").map((one) => one.trim().replace(/^W\//, ""));
  return named.includes(etag) || named.includes("*");
}
