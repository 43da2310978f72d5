import { describe, expect, it } from "vitest";
import { examineHead } from "./http-head.ts";

const ok = "HTTP/1.1 200 OK\r\n";

describe("the head of an answer", () => {
  it.each([
    `${ok}\r\n`,
    "HTTP/1.0 404\r\nX: a\tb\r\n\r\nbody",
    `${ok}Content-Length: 4\r\ncontent-length: 4\r\n\r\ngood`,
    `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}X-Name:\r\n\r\n`,
  ])("is well-formed: %j", (text) => {
    expect(examineHead(text)).toEqual({ kind: "well-formed" });
  });

  it.each(["", "HTT", "HTTP/1.1 200", ok, `${ok}X: a\r\n`, "HTTP/1.1 100 Continue\r\n\r\n"])(
    "is unfinished: %j",
    (text) => {
      expect(examineHead(text)).toEqual({ kind: "unfinished" });
    },
  );

  it.each([
    ["SSH-2.0", "it is no HTTP"],
    ["\u0016\u0003", "it is no HTTP"],
    ["HTTP/1.1 42 Odd\r\n\r\n", "its status line is malformed"],
    [`${ok}no header\r\n\r\n`, "a header of it is malformed"],
    [`${ok}X: a\0b\r\n\r\n`, "a header of it is malformed"],
    [`${ok}X: a\rY: b\r\n\r\n`, "a header of it is malformed"],
    [`${ok}X: a\r\n folded\r\n\r\n`, "a header of it is malformed"],
    [`${ok}Content-Length: -1\r\n\r\n`, "its Content-Length is malformed"],
    [`${ok}Content-Length: 4\r\nContent-Length: 9\r\n\r\n`, "its Content-Length is malformed"],
    [`${ok}X: ${"a".repeat(140_000)}`, "its headers do not end within 128 KiB"],
    [`${ok}X: ${"a".repeat(140_000)}\r\n\r\n`, "its headers are longer than 128 KiB"],
  ])("is malformed: %j", (text, why) => {
    expect(examineHead(text)).toEqual({ kind: "malformed", why });
  });
});
