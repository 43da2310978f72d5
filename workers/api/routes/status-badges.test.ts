import { XMLParser, XMLValidator } from "fast-xml-parser";
import { beforeEach, describe, expect, it } from "vitest";
import { badgeColours } from "../../../shared/badge-svg.ts";
import { readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  down,
  minute,
  plainMonitors,
  record,
  resetWorld,
  up,
} from "../testing/world.ts";

const at = minute(9) + 10;

async function badge(path: string, status = 200) {
  const response = await ask(`/api/status/badges/${path}`, { at, key: null });
  const text = await response.text();
  expect(response.status, text).toBe(status);
  expect(response.headers.get("Content-Type")).toBe("image/svg+xml; charset=utf-8");
  expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
  expect(XMLValidator.validate(text)).toBe(true);
  const { svg } = new XMLParser({ ignoreAttributes: false }).parse(text);
  return { title: String(svg.title), colour: String(svg.rect["@_fill"]), text };
}

beforeEach(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home", "login")));
  // Of ten minutes login is down for one, and home for nine.
  await record({ from: minute(0), to: minute(10) }, (monitor, _, time) =>
    (monitor === "home") === time >= minute(1) ? down() : up,
  );
});

describe("a badge", () => {
  it("shows a monitor's status", async () => {
    const { red, green } = badgeColours;
    expect(await badge("home/status.svg")).toMatchObject({
      title: "Monitor home: down",
      colour: red,
    });
    expect(await badge("login/status.svg")).toMatchObject({
      title: "Monitor login: up",
      colour: green,
    });
  });

  it("shows availability, and how long a time it is of", async () => {
    expect((await badge("home/uptime.svg")).title).toBe("uptime 30 d: 10.909 %");
    expect((await badge("home/uptime.svg?days=1")).title).toBe("uptime 1 d: 10.909 %");
  });

  it("shows that there is no response time yet", async () => {
    expect(await badge("home/response-time.svg")).toMatchObject({
      title: "response time 30 d: no data",
      colour: badgeColours.grey,
    });
  });

  it("takes another label, which stays text", async () => {
    const label = encodeURIComponent(`<script>"&'`);
    const { title, text } = await badge(`login/status.svg?label=${label}`);
    expect(title).toBe(`<script>"&': up`);
    expect(text).not.toContain("<script");
  });

  it.each(["nothing", "%3Cscript%3E", "home%2F..", "__proto__"])(
    "says of %s that there is none, and does not repeat it",
    async (monitor) => {
      for (const kind of ["status", "uptime", "response-time"]) {
        const { title, text } = await badge(`${monitor}/${kind}.svg`, 404);
        expect(title).toBe("monitor: not found");
        expect(text).not.toContain("script");
      }
    },
  );

  it.each([
    ["label", ""],
    ["label", "x".repeat(41)],
    ["days", "0"],
    ["days", "91"],
    ["days", "1e1"],
  ])("refuses %s=%s", async (field, value) => {
    const path = `/api/status/badges/home/uptime.svg?${field}=${value}`;
    const problem = await readProblem(await ask(path, { at, key: null }), "invalid-request", 400);
    expect(problem.errors?.[0]?.field).toBe(field);
  });
});
