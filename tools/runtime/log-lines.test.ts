import { expect, test } from "vitest";
import { toLogLine } from "./log-lines.ts";
import { MARK } from "./log-mark.ts";

const asItIs = (text: string) => text;

test.each([
  { level: "log", stream: "stdout" },
  { level: "info", stream: "stdout" },
  { level: "debug", stream: "stdout" },
  { level: "warn", stream: "stderr" },
  { level: "error", stream: "stderr" },
])("$level goes to $stream", ({ level, stream }) => {
  expect(toLogLine({ level, message: "" }, asItIs)).toMatchObject({ level, stream });
});

test.each([
  { message: `${MARK}probe${MARK}{"event":"tick"}`, from: "probe", text: '{"event":"tick"}' },
  { message: `${MARK}api${MARK} { a: 1 }`, from: "api", text: "{ a: 1 }" },
  { message: `${MARK}other${MARK}hello`, from: "workerd", text: `${MARK}other${MARK}hello` },
  { message: "no mark", from: "workerd", text: "no mark" },
  { message: "\u001b[31mred\u001b[39m", from: "workerd", text: "red" },
])("$message is $from's", ({ message, from, text }) => {
  expect(toLogLine({ level: "log", message }, asItIs)).toMatchObject({ from, text });
});
