import { createConfig, lintFromString } from "@redocly/openapi-core";

/**
 * What a strict linter has to say of an OpenAPI document, a line each; none if it is content.
 *
 * @param text the document as JSON
 */
export async function lintDocument(text: string): Promise<string[]> {
  const config = await createConfig({
    extends: ["recommended-strict"],
    telemetry: "off",
    rules: {
      "operation-operationId": "error",
      "operation-operationId-unique": "error",
      "operation-operationId-url-safe": "error",
      "operation-description": "off",
      "operation-tag-defined": "error",
      "operation-singular-tag": "error",
      "operation-parameters-unique": "error",
      "tag-description": "error",
      "parameter-description": "error",
      "path-parameters-defined": "error",
      "path-declaration-must-exist": "error",
      "paths-kebab-case": "error",
      "path-not-include-query": "error",
      "no-identical-paths": "error",
      "no-ambiguous-paths": "error",
      "no-path-trailing-slash": "error",
      "no-schema-type-mismatch": "error",
      "no-invalid-media-type-examples": "error",
      "no-invalid-schema-examples": "error",
      "no-invalid-parameter-examples": "error",
      "no-unused-components": "error",
      "no-duplicated-tag-names": "error",
      "no-required-schema-properties-undefined": "error",
      "info-contact": "error",
      "info-license": "error",
      "security-defined": "error",
      "response-contains-header": { severity: "error", names: { "2xx": ["X-Request-Id"] } },
    },
  });
  const problems = await lintFromString({ source: text, absoluteRef: "openapi.json", config });
  return problems.map(({ ruleId, message, location }) => {
    const [place] = location;
    return `${ruleId}: ${message} (${place?.pointer ?? "#/"})`;
  });
}
