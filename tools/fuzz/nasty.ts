/** Values that programs have stumbled over. */
import type { Random } from "./random.ts";

const texts: readonly [string, ...string[]] = [
  "",
  " ",
  "0",
  "-1",
  "1e309",
  "NaN",
  "null",
  "undefined",
  "true",
  "99999999999999999999",
  "2026-13-45T99:99:99Z",
  "+275760-09-13T00:00:00.000Z",
  "-271821-04-20T00:00:00Z",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "' OR '1'='1",
  "'; DROP TABLE monitors; --",
  '" UNION SELECT name FROM sqlite_master --',
  "1; DELETE FROM results",
  "%' ESCAPE '%",
  "{{7*7}}",
  "$\u007B7*7}",
  "<%= 7*7 %>",
  "<script>alert(1)</script>",
  "javascript:alert(1)",
  "../../../../etc/passwd",
  "..%2f..%2f",
  "a\u0000b",
  "line\r\nX-Injected: yes",
  "\u202Eright to left",
  "e\u0301\u0327\u0308",
  "\uD800",
  "😀🏳️‍🌈",
  "İstanbul ß ſ K",
  "٣٤",
  "%s%n%x",
  "(a+)+$",
  "=1+1",
  "a".repeat(300),
  "é".repeat(5_000),
];

const others: readonly [unknown, ...unknown[]] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 53) - 2,
  1e308,
  [],
  {},
  [[]],
  [null],
  { length: 3 },
  { __proto__: null, toString: 1 },
];

export function nastyText(random: Random): string {
  return random.pick(texts);
}

export function nastyValue(random: Random): unknown {
  if (random.percent(55)) return nastyText(random);
  if (random.percent(6)) return deep(200 + random.below(3_000));
  if (random.percent(6)) return Array.from({ length: random.below(5_000) }, (_, index) => index);
  return random.pick(others);
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
}
