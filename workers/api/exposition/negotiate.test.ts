import { expect, it } from "vitest";
import { negotiateFormat } from "./negotiate.ts";

it.each([
  [undefined, "json"],
  ["", "json"],
  ["*/*", "json"],
  ["application/json", "json"],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"],
  ["image/png", "json"],
  ["text/plain", "prometheus"],
  ["text/*", "prometheus"],
  ["TEXT/PLAIN;VERSION=0.0.4", "prometheus"],
  ["application/*", "json"],
  ["application/openmetrics-text", "openmetrics"],
  ['application/openmetrics-text; version="1.0.0"', "openmetrics"],
  // What Prometheus 2.42 and 3 send.
  [
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "openmetrics",
  ],
  [
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    "openmetrics",
  ],
  ["text/plain;version=0.0.4;q=0.2,application/json;q=0.1", "prometheus"],
  ["text/plain;version=0.0.4;q=0.2,application/openmetrics-text;q=0.1,*/*;q=0.9", "json"],
  ["text/plain;version=1.0.0", "json"],
  // The narrowest range decides, and 0 means never.
  ["*/*;q=1,application/json;q=0", "openmetrics"],
  ["text/plain;q=0.9,*/*;q=0.1,application/json;q=0.5", "prometheus"],
])("Accept %j is %s", (accept, format) => {
  expect(negotiateFormat(accept)).toBe(format);
});
