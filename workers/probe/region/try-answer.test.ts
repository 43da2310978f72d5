import { describe, expect, inject, it } from "vitest";
import { systemClock } from "../../../shared/clock.ts";
import { diagnose } from "./diagnose.ts";

const raw = inject("rawServer");

function diagnosed(path: string, timeoutMs = 2_000) {
  const context = { clock: systemClock, resolverUrl: `${raw.url}/resolver`, timeoutMs };
  return diagnose(`${raw.url}${path}`, "connection", context);
}

describe("the diagnosis of a target that accepts connections", () => {
  it.each([
    ["/gigantic-header", "an answer comes, but its headers do not end within 128 KiB"],
    ["/endless-headers", "an answer comes, but its headers do not end within 128 KiB"],
    ["/garbage", "an answer comes, but it is no HTTP"],
    ["/other-protocol", "an answer comes, but it is no HTTP"],
    ["/status-no-number", "an answer comes, but its status line is malformed"],
    ["/header-with-return", "an answer comes, but a header of it is malformed"],
    ["/length-twice", "an answer comes, but its Content-Length is malformed"],
  ])("finds %s malformed", async (path, found) => {
    const { reason, findings } = await diagnosed(path);
    expect(reason).toBe("protocol");
    expect(findings.at(-1)).toBe(found);
  });

  it.each(["/nothing", "/reset", "/good"])("has no more to say of %s", async (path) => {
    const { reason, findings } = await diagnosed(path);
    expect(reason).toBe("connection");
    expect(findings).toHaveLength(1);
  });

  it("ends in its time where the answer does not come", async () => {
    const startedAt = Date.now();
    expect((await diagnosed("/head-then-silence", 700)).reason).toBe("connection");
    expect(Date.now() - startedAt).toBeLessThan(2_000);
  });
});
