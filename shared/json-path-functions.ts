/** JSONPath's match() and search() (RFC 9535, 2.4.6 and 2.4.7) on expressions in linear time. */
import { type FilterFunction, FunctionExpressionType, jsonpath } from "json-p3";
import { expressionProblem, longestText, matches } from "./regular-expression.ts";

/** A query costs more than it may; the document's doing, or the query's. */
export class QueryCostError extends Error {
  override readonly name = "QueryCostError";
}

/** What the queries of one document may still spend on regular expressions. */
export interface Allowance {
  /** As a share of what one expression may spend, from 1 to 0. */
  left: number;
}

/** Checks I-Regexp (RFC 9485); its own matching is put to nothing but an empty text. */
const checker = new jsonpath.functions.Search({ throwErrors: true, cacheSize: 0 });

/** Says what is wrong with a function's pattern, or null. */
export function patternProblem(pattern: string): string | null {
  try {
    checker.call("", pattern);
  } catch {
    return "its pattern is no I-Regexp (RFC 9485)";
  }
  return expressionProblem(toRe2(pattern));
}

/** match(), or search() where it is not `whole`. */
export function patternFunction(whole: boolean, allowance: Allowance): FilterFunction {
  return {
    argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
    returnType: FunctionExpressionType.LogicalType,
    call(text: unknown, pattern: unknown): boolean {
      if (typeof text !== "string" || typeof pattern !== "string") return false;
      const expression = whole ? `\\A(?:${toRe2(pattern)})\\z` : toRe2(pattern);
      allowance.left -= text.length / longestText(expression);
      if (allowance.left < 0) throw new QueryCostError("too much text for its regular expressions");
      return matches(expression, text);
    },
  };
}

/** I-Regexp's dot takes no carriage return either, and its ^ and $ are not in the language. */
function toRe2(pattern: string): string {
  let inClass = false;
  return pattern.replaceAll(/\\.|[[\].]/gsu, (token) => {
    if (token === "[") inClass = true;
    if (token === "]") inClass = false;
    return token === "." && !inClass ? "[^\\n\\r]" : token;
  });
}
