import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { startOfProcess } from "./process-identity.ts";

test("a process has one start as long as it lives, and none afterwards", async () => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  const start = startOfProcess(pid);
  expect(start).toMatch(/\d/);
  expect(startOfProcess(pid)).toBe(start);
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  expect(startOfProcess(pid)).toBeUndefined();
});
