import { JSONPathEnvironment, type JSONPathQuery, type JSONValue, jsonpath } from "json-p3";
import { type Allowance, patternFunction, patternProblem } from "./json-path-functions.ts";

const allowance: Allowance = { left: 1 };
const environment = new JSONPathEnvironment({ strict: true });
environment.functionRegister.set("match", patternFunction(true, allowance));
environment.functionRegister.set("search", patternFunction(false, allowance));

/** Grows with the queries of the configuration, not with the checks. */
const compiled = new Map<string, JSONPathQuery>();

/** With more, a document could be made whose every node is visited once for every other. */
const mostDescents = 2;

/**
 * Says what is wrong with a JSONPath query (RFC 9535), or null if it is well formed and no document
 * can make it slow.
 */
export function queryProblem(path: string): string | null {
  let query: JSONPathQuery;
  try {
    query = environment.compile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `not a JSONPath query (RFC 9535): ${why}`;
  }
  const found = { descents: 0 };
  const problem = costProblem(query, found);
  if (problem !== null) return `a JSONPath query that may be slow: ${problem}`;
  if (found.descents <= mostDescents) return null;
  return `a JSONPath query that may be slow: .. stands in it more than ${mostDescents} times`;
}

/**
 * The values that a well-formed query selects in a document.
 *
 * @throws on a malformed query, and where the document is nested too deeply or is too costly
 */
export function queryValues(path: string, document: JSONValue): JSONValue[] {
  let query = compiled.get(path);
  if (!query) {
    query = environment.compile(path);
    compiled.set(path, query);
  }
  allowance.left = 1;
  return query.query(document).values();
}

const { FilterSelector } = jsonpath.selectors;
const { FunctionExtension, InfixExpression, LogicalExpression } = jsonpath.expressions;
const { FilterQuery, PrefixExpression, RootQuery, StringLiteral } = jsonpath.expressions;
type Expression = jsonpath.expressions.FilterExpression;

function costProblem(query: JSONPathQuery, found: { descents: number }): string | null {
  for (const segment of query.segments) {
    if (segment.toString().startsWith("..")) found.descents += 1;
    for (const selector of segment.selectors) {
      if (!(selector instanceof FilterSelector)) continue;
      const problem = filterProblem(selector.expression, found);
      if (problem !== null) return problem;
    }
  }
  return null;
}

function filterProblem(expression: Expression, found: { descents: number }): string | null {
  if (expression instanceof LogicalExpression) return filterProblem(expression.expression, found);
  if (expression instanceof PrefixExpression) return filterProblem(expression.right, found);
  if (expression instanceof InfixExpression) {
    return filterProblem(expression.left, found) ?? filterProblem(expression.right, found);
  }
  if (expression instanceof FunctionExtension) return functionProblem(expression, found);
  if (!(expression instanceof FilterQuery)) return null;
  if (expression instanceof RootQuery && !expression.path.singularQuery()) {
    return "in a filter, what begins with $ selects one value at most";
  }
  return costProblem(expression.path, found);
}

function functionProblem(
  { name, args }: InstanceType<typeof FunctionExtension>,
  found: { descents: number },
): string | null {
  if (args.some((argument) => argument instanceof RootQuery)) {
    return `${name}() takes nothing that begins with $`;
  }
  if (name === "match" || name === "search") {
    const pattern = args[1];
    if (!(pattern instanceof StringLiteral)) return `${name}() takes a literal as its pattern`;
    const problem = patternProblem(pattern.value);
    if (problem !== null) return `${name}(): ${problem}`;
  }
  for (const argument of args) {
    const problem = filterProblem(argument, found);
    if (problem !== null) return problem;
  }
  return null;
}
