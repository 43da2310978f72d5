import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { type ProcessEnd, withWorkerdListener } from "./workerd-process.ts";

test("a listener hears of the first child only, and not of those it starts itself", async () => {
  const heard: string[] = [];
  const own: Promise<unknown>[] = [];
  const ended = Promise.withResolvers<ProcessEnd>();
  const child = withWorkerdListener(
    {
      onSpawn(pid) {
        heard.push(`spawn ${pid}`);
        // As the watchdog is: taken for workerd, it would get a watchdog too, and that one as well.
        own.push(once(spawn("true"), "exit"));
      },
      onEnd(end) {
        own.push(once(spawn("true"), "exit"));
        ended.resolve(end);
      },
      onError: (error) => heard.push(error.message),
    },
    () => spawn("sh", ["-c", "exit 3"]),
  );
  expect(await ended.promise).toEqual({ code: 3, signal: null });
  await Promise.all(own);
  expect(heard).toEqual([`spawn ${child.pid}`]);
});

test("a binary that is not there is told", async () => {
  const error = await new Promise<Error>((resolve) => {
    const listener = { onSpawn: () => {}, onEnd: () => {}, onError: resolve };
    // node:child_process wants a listener of its own.
    withWorkerdListener(listener, () => spawn("no-such-binary").on("error", () => {}));
  });
  expect(error.message).toContain("ENOENT");
});

test("children that others start are no business of a listener", async () => {
  const heard: number[] = [];
  const listener = {
    onSpawn: (pid: number) => heard.push(pid),
    onEnd: () => {},
    onError: () => {},
  };
  withWorkerdListener(listener, () => {});
  await once(spawn("true"), "exit");
  expect(heard).toEqual([]);
});
