import { describe, expect, it } from "vitest";
import { nextHop } from "./redirect.ts";

const request = {
  url: "https://netpost.example/login",
  method: "POST",
  headers: new Headers({ Authorization: "Bearer x" }),
  body: null,
  confidential: ["authorization"],
  bodyIsConfidential: false,
};

describe("a redirect", () => {
  const inside = ["http://127.0.0.1/", "http://[::1]:8080/", "//localhost/", "http://10.1/"];
  it.each(inside)("to %s is not followed where private hosts are not allowed", (location) => {
    expect(nextHop(request, 302, location, false)).toEqual({
      follow: false,
      why: "redirected to a private host",
    });
    expect(nextHop(request, 302, location, true)).toMatchObject({ follow: true });
  });

  it("to a public host is followed", () => {
    expect(nextHop(request, 302, "/home", false)).toMatchObject({
      follow: true,
      request: { url: "https://netpost.example/home", method: "GET" },
    });
  });
});
