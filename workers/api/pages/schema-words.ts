/** JSON Schemas in words. */
import { Html, html } from "../../../shared/measure/html.ts";
import type { Schema } from "./open-api.ts";

const nothing = new Html("");

/** What a value may be, in a line; what has a name is linked. */
export function typeWords(schema: unknown): Html {
  if (!isSchema(schema)) return html`anything`;
  const { $ref, type, enum: values, const: only, items, additionalProperties } = schema;
  if (typeof $ref === "string") return reference($ref);
  const choices = listOf(schema["anyOf"]) ?? listOf(schema["oneOf"]);
  if (choices) return joined(choices.map(typeWords), " or ");
  const parts = listOf(schema["allOf"]);
  if (parts) return joined(parts.filter(saysType).map(typeWords), " and ");
  if (only !== undefined) return html`<code>${JSON.stringify(only)}</code>`;
  if (Array.isArray(values)) {
    return joined(
      values.map((value) => html`<code>${value === null ? "null" : String(value)}</code>`),
      " · ",
    );
  }
  const names = Array.isArray(type) ? type.map(String) : [typeof type === "string" ? type : "any"];
  const words = names.map((name) => {
    if (name === "array") return html`list of ${typeWords(items)}`;
    if (name === "object" && isSchema(additionalProperties)) {
      return html`map to ${typeWords(additionalProperties)}`;
    }
    const { format } = schema;
    return typeof format === "string" && name !== "null"
      ? html`${name} (${format})`
      : html`${name}`;
  });
  return joined(words, " or ");
}

/** A table of what an object has; empty for what is none. Objects without a name are shown inside. */
export function propertyTable(schema: unknown): Html {
  const objects = objectsIn(schema);
  if (objects.length === 0) return nothing;
  const tables = objects.map((object) => {
    const required = new Set(listOf(object["required"]) ?? []);
    const rows = Object.entries(propertiesOf(object)).map(([name, property]) => {
      const words = isSchema(property) ? property["description"] : undefined;
      return html`<tr><th scope="row"><code>${name}</code>${required.has(name) ? nothing : html` <small>may be left out</small>`}</th>
<td><span class="type">${typeWords(property)}${limits(property)}</span>${typeof words === "string" ? html`<p>${words}</p>` : nothing}${propertyTable(inside(property))}</td></tr>
`;
    });
    return html`<table class="fields"><tbody>${rows}</tbody></table>`;
  });
  return joined(tables, " or ");
}

function limits(property: unknown): Html {
  if (!isSchema(property)) return nothing;
  const said = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default"]
    .filter((key) => property[key] !== undefined && Math.abs(Number(property[key])) !== 2 ** 53 - 1)
    .map((key) => `${key} ${JSON.stringify(property[key])}`);
  return said.length === 0 ? nothing : html` <small>${said.join(", ")}</small>`;
}

/** The unnamed object in a list or a map. */
function inside(property: unknown): unknown {
  if (!isSchema(property)) return null;
  const { items, additionalProperties } = property;
  return items ?? (isSchema(additionalProperties) ? additionalProperties : property);
}

function objectsIn(schema: unknown): Schema[] {
  if (!isSchema(schema)) return [];
  if (Object.keys(propertiesOf(schema)).length > 0) return [schema];
  const parts = ["anyOf", "oneOf", "allOf"].flatMap((key) => listOf(schema[key]) ?? []);
  return parts.flatMap(objectsIn);
}

function propertiesOf(schema: Schema): Schema {
  return isSchema(schema["properties"]) ? schema["properties"] : {};
}

function saysType(part: unknown): boolean {
  return isSchema(part) && ("$ref" in part || "type" in part || "anyOf" in part);
}

function reference(address: string): Html {
  const name = address.slice(address.lastIndexOf("/") + 1);
  return html`<a href="#${name}">${name}</a>`;
}

function joined(parts: readonly Html[], between: string): Html {
  return html`${parts.flatMap((part, index) => (index === 0 ? [part] : [html`${between}`, part]))}`;
}

function listOf(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? value : null;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
