/** Our OpenAPI document as one page to read: no script, nothing fetched, all of it searchable. */
import { Html, html } from "../../../shared/measure/html.ts";
import type { OpenApi, Operation } from "./open-api.ts";
import { referenceStyle } from "./reference-style.ts";
import { propertyTable, typeWords } from "./schema-words.ts";

const nothing = new Html("");
// Ours, and free of anything that could end the element.
const style = new Html(referenceStyle);

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The page. */
export function referencePage(document: OpenApi): string {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const groups = document.tags.map((tag) => ({
    ...tag,
    routes: routes.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const { info, components } = document;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title}: API reference</title>
<style>${style}</style>
</head>
<body>
<nav aria-label="Operations">
<a href="#top">${info.title}</a>
${groups.map(
  ({ name, routes: own }) => html`<b>${name}</b><ul>
${own.map(
  ({
    method,
    operation,
  }) => html`<li><a href="#${operation.operationId}"><span class="method ${method}">${method.toUpperCase()}</span><span>${operation.operationId}</span></a></li>
`,
)}</ul>
`,
)}<b><a href="#schemas">Schemas</a></b>
</nav>
<main id="top">
<h1>${info.title}</h1>
<p class="soft">Version ${info.version}. The same as <a href="/api/openapi.json">OpenAPI 3.1</a>, for machines.</p>
${info.description.split("\n\n").map((words) => html`<p>${prose(words)}</p>`)}
${groups.map(
  ({
    name,
    description,
    routes: own,
  }) => html`<section id="tag-${name}"><h2>${name}</h2><p class="soft">${description}</p>
${own.map((route) => operationArticle(route, components.responses))}</section>
`,
)}
<section id="schemas"><h2>Schemas</h2>
${Object.entries(components.schemas).map(([name, schema]) => schemaArticle(name, schema))}</section>
</main>
</body>
</html>
`.text;
}

/** The one source of style that a policy has to allow (Content-Security-Policy, style-src). */
export async function referenceStyleSource(): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(referenceStyle));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

type Responses = OpenApi["components"]["responses"];

function operationArticle({ method, path, operation }: Route, shared: Responses): Html {
  const { operationId, summary, description, security, parameters = [], requestBody } = operation;
  return html`<article id="${operationId}">
<h3>${prose(summary)} <small><a href="#${operationId}">${operationId}</a>${security.length > 0 ? nothing : html` · open`}</small></h3>
<p class="route"><span class="method ${method}">${method.toUpperCase()}</span><code>${path}</code></p>
${description === undefined ? nothing : html`<p>${prose(description)}</p>`}
<pre>${command({ method, path, operation })}</pre>
${parameters.length === 0 ? nothing : html`<h4>Parameters</h4>${parameterTable(parameters)}`}
${requestBody === undefined ? nothing : bodyPart(requestBody)}
<h4>Answers</h4>
${responseTable(operation, shared)}
</article>
`;
}

function parameterTable(parameters: NonNullable<Operation["parameters"]>): Html {
  const rows = parameters.map(
    ({
      name,
      in: place,
      required,
      description,
      schema,
      example,
    }) => html`<tr><th scope="row"><code>${name}</code><small>${place}${required ? ", required" : ""}</small></th>
<td><span class="type">${typeWords(schema)}</span><p>${prose(description)}${example === undefined ? nothing : html` – for example <code>${String(example)}</code>`}</p></td></tr>
`,
  );
  return html`<table><tbody>${rows}</tbody></table>`;
}

function bodyPart({ required, content }: NonNullable<Operation["requestBody"]>): Html {
  const parts = Object.entries(content).map(
    ([type, { schema }]) =>
      html`<p><code>${type}</code> ${typeWords(schema)}</p>${propertyTable(schema)}`,
  );
  return html`<h4>Body${required === true ? nothing : html` <small>may be left out</small>`}</h4>${parts}`;
}

function responseTable({ responses }: Operation, shared: Responses): Html {
  const rows = Object.entries(responses).map(([status, response]) => {
    const plain = "$ref" in response ? shared[response.$ref.split("/").at(-1) ?? ""] : response;
    const content = Object.entries(plain?.content ?? {}).map(
      ([type, { schema }]) =>
        html` <span class="type"><code>${type}</code> ${typeWords(schema)}</span>`,
    );
    return html`<tr><th scope="row" class="status">${status}</th><td>${prose(plain?.description ?? "")}.${content}</td></tr>
`;
  });
  return html`<table><tbody>${rows}</tbody></table>`;
}

function schemaArticle(name: string, schema: Record<string, unknown>): Html {
  const words = schema["description"];
  const table = propertyTable(schema);
  return html`<article id="${name}">
<h3>${name}</h3>
${typeof words === "string" ? html`<p>${prose(words)}</p>` : nothing}
${table.text === "" ? html`<p>${typeWords(schema)}</p>` : table}
</article>
`;
}

/** A command that asks it; where a value has to be given, its example stands. */
function command({ method, path, operation }: Route): string {
  const { parameters = [], requestBody, security } = operation;
  const examples = new Map(parameters.map(({ name, example }) => [name, String(example ?? "…")]));
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => examples.get(name) ?? "…");
  const asked = parameters
    .filter(({ in: place, required }) => place === "query" && required)
    .map(({ name }) => `${name}=${encodeURIComponent(examples.get(name) ?? "")}`);
  const query = asked.length === 0 ? "" : `?${asked.join("&")}`;
  return [
    "curl",
    ...(method === "get" ? [] : [`-X ${method.toUpperCase()}`]),
    ...(security.length === 0 ? [] : ['-H "Authorization: Bearer $KEY"']),
    ...(requestBody?.required === true ? ["--json @body.json"] : []),
    `"$API${filled}${query}"`,
  ].join(" ");
}

/** Words in which backticks mark code. */
function prose(words: string): Html {
  const parts = words
    .split("`")
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
  return html`${parts}`;
}
