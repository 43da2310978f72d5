/** One invalid file per rule: of HTTP requests in full, and of transactions. */
import { fileWith } from "./fixtures.ts";
import type { Fixture } from "./invalid-files.ts";

const expecting = (expect: object) => fileWith({ expect });
const headerForm =
  "{ name, and one of present: true, absent: true, equals, contains; otherwise: down or degraded }";
const authForm =
  "{ basic: { username, password } } or { bearer }, with {{secret.PROBE_…}} as password or token";
const secretForm =
  "a secret is named {{secret.PROBE_…}}, in capital letters, digits and _: only Worker secrets that begin with PROBE_ can be named";
const noReference =
  "no such reference: allowed are {{secret.PROBE_…}} and values of earlier steps (no step before extracts a value)";
const plain = "a reference to a secret, {{secret.PROBE_…}}, not the secret itself";

const step = { name: "log-in", url: "/login" };
const transactionOf = (...steps: object[]) =>
  fileWith({}, { monitors: [{ id: "session", name: "Session", type: "transaction", steps }] });
const tooMany = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`m${index}`, "$.a"]));

export const ofExchanges: readonly Fixture[] = [
  [
    "a reference is whole",
    fileWith({ url: "/x/{{secret.PROBE_A}" }),
    "monitors[0].url: a reference begins with {{, holds no braces, and ends with }}",
  ],
  [
    "a secret of a header has its prefix",
    fileWith({ headers: { "X-Key": "{{secret.ADMIN_TOKEN}}" } }),
    `monitors[0].headers.X-Key: ${secretForm}`,
  ],
  [
    "a value of a body is extracted by nobody",
    fileWith({ method: "POST", body: "{{token}}" }),
    `monitors[0].body: ${noReference}`,
  ],
  [
    "no reference decides where a request goes",
    fileWith({ url: "https://{{secret.PROBE_HOST}}/x" }),
    "monitors[0].url: an http(s) URL, or a path that starts with /",
  ],
  ["auth is of a kind", fileWith({ auth: { digest: "x" } }), `monitors[0].auth: ${authForm}`],
  [
    "a token is no literal",
    fileWith({ auth: { bearer: "abc" } }),
    `monitors[0].auth.bearer: ${plain}`,
  ],
  [
    "a password is no literal",
    fileWith({ auth: { basic: { username: "probe", password: "abc" } } }),
    `monitors[0].auth.basic.password: ${plain}`,
  ],
  [
    "a token's secret has its prefix",
    fileWith({ auth: { bearer: "{{secret.TOKEN}}" } }),
    `monitors[0].auth.bearer: ${secretForm}`,
  ],
  [
    "credentials are given once",
    fileWith({ auth: { bearer: "{{secret.PROBE_A}}" }, headers: { authorization: "x" } }),
    "monitors[0].auth: the header Authorization says so already",
  ],
  [
    "redirects have an end",
    fileWith({ redirects: 11 }),
    "monitors[0].redirects: Too big: expected number to be <=10",
  ],
  [
    "a header condition demands one thing",
    expecting({ headers: [{ name: "x", present: true, equals: "a" }] }),
    `monitors[0].expect.headers[0]: ${headerForm}`,
  ],
  [
    "a header condition is on a header",
    expecting({ headers: [{ name: "x y", present: true }] }),
    "monitors[0].expect.headers[0].name: a header name is letters, digits and any of !#$%&'*+-.^_`|~",
  ],
  [
    "a status fails to down or degraded",
    expecting({ statusOtherwise: "up" }),
    'monitors[0].expect.statusOtherwise: Invalid option: expected one of "down"|"degraded"',
  ],
  [
    "a text's outcome is one",
    expecting({ contains: [{ text: "a", otherwise: "up" }] }),
    "monitors[0].expect.contains[0]: a text, or { text, otherwise: down or degraded }",
  ],
  [
    "a body is bounded",
    expecting({ maxBodyBytes: 8_388_609 }),
    "monitors[0].expect.maxBodyBytes: Too big: expected number to be <=8388608",
  ],
  [
    "a regular expression is well formed",
    expecting({ matches: ["v(\\d+"] }),
    "monitors[0].expect.matches[0]: not a regular expression in RE2's syntax (no look-around, no back-references): missing closing ): `v(\\d+`",
  ],
  [
    "a regular expression looks nowhere else",
    expecting({ notMatches: ["(?=error)"] }),
    "monitors[0].expect.notMatches[0]: not a regular expression in RE2's syntax (no look-around, no back-references): invalid or unsupported Perl syntax: `(?=`",
  ],
  [
    "a regular expression is small",
    expecting({ matches: ["[ab]{300}"] }),
    "monitors[0].expect.matches[0]: too large a regular expression: 302 instructions of at most 250; repeat less",
  ],
  [
    "regular expressions are few",
    expecting({ matches: ["a", "b", "c", "d", "e", "f"] }),
    "monitors[0].expect.matches: Too big: expected array to have <=5 items",
  ],
  [
    "HEAD brings no body to match",
    fileWith({ method: "HEAD", expect: { matches: ["a"] } }),
    "monitors[0].expect: the answer to HEAD has no body to put conditions on",
  ],
  [
    "HEAD brings no body to measure",
    fileWith({ method: "HEAD", expect: { maxBodyBytes: 9 } }),
    "monitors[0].expect: the answer to HEAD has no body to put conditions on",
  ],
  [
    "a metric has a name",
    fileWith({ metrics: { "1st": "$.a" } }),
    "monitors[0].metrics: a name in it is wrong: a metric's name begins with a letter; letters, digits, ., _ and -, at most 64",
  ],
  [
    "a metric has a query",
    fileWith({ metrics: { ms: "a.b" } }),
    "monitors[0].metrics.ms: not a JSONPath query (RFC 9535): expected '$', found 'a' ('a.b':0)",
  ],
  ["metrics are few", fileWith({ metrics: tooMany }), "monitors[0].metrics: at most 20 metrics"],
  [
    "a JSONPath query cannot be made slow",
    expecting({ json: [{ path: "$..a..b..c", exists: true }] }),
    "monitors[0].expect.json[0].path: a JSONPath query that may be slow: .. stands in it more than 2 times",
  ],
];

export const ofTransactions: readonly Fixture[] = [
  [
    "a transaction has steps",
    transactionOf(),
    "monitors[0].steps: Too small: expected array to have >=1 items",
  ],
  [
    "a step has a name",
    transactionOf({ ...step, name: "Log in" }),
    "monitors[0].steps[0].name: lower-case letters, digits and single hyphens, for example log-in",
  ],
  [
    "a step has a name of its own",
    transactionOf(step, { name: "other", url: "/" }, step),
    "monitors[0].steps[2].name: the same name as steps[0]",
  ],
  [
    "a step uses what was extracted before",
    transactionOf(
      { ...step, extract: { token: "$.token" } },
      { name: "use", url: "/x/{{id}}", extract: { id: "$.id" } },
    ),
    "monitors[0].steps[1].url: no such reference: allowed are {{secret.PROBE_…}} and values of earlier steps (extracted so far: {{token}})",
  ],
  [
    "a step does not use what it extracts itself",
    transactionOf({ ...step, url: "/{{token}}", extract: { token: "$.token" } }),
    `monitors[0].steps[0].url: ${noReference}`,
  ],
  [
    "a value has a name",
    transactionOf({ ...step, extract: { "the token": "$.token" } }),
    "monitors[0].steps[0].extract: a name in it is wrong: a value's name begins with a lower-case letter; letters, digits and _, at most 40; not secret",
  ],
  [
    "a step's GET has no body",
    transactionOf({ ...step, body: "x" }),
    "monitors[0].steps[0].body: a GET request has no body",
  ],
  [
    "a step has no other settings",
    transactionOf({ ...step, metrics: {} }),
    "monitors[0].steps[0]: no such setting: metrics; allowed: name, url, method, headers, body, auth, redirects, expect, extract",
  ],
];
