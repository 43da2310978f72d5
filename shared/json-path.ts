import { JSONPathEnvironment, type JSONPathQuery, type JSONValue } from "json-p3";

const environment = new JSONPathEnvironment({ strict: true });
/** Grows with the queries of the configuration, not with the checks. */
const compiled = new Map<string, JSONPathQuery>();

/** Says what is wrong with a JSONPath query (RFC 9535), or null if it is well formed. */
export function queryProblem(path: string): string | null {
  try {
    environment.compile(path);
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `not a JSONPath query (RFC 9535): ${why}`;
  }
}

/** The values that a well-formed query selects in a document. Throws on a malformed query. */
export function queryValues(path: string, document: JSONValue): JSONValue[] {
  let query = compiled.get(path);
  if (!query) {
    query = environment.compile(path);
    compiled.set(path, query);
  }
  return query.query(document).values();
}
