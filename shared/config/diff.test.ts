import { describe, expect, it } from "vitest";
import type { Monitor } from "../domain/monitor.ts";
import { monitorOf, regions } from "../domain/testing/fixtures.ts";
import type { PlanDocument } from "./compile.ts";
import { type Change, diff } from "./diff.ts";

const documentOf = (monitors: readonly Monitor[]): PlanDocument => ({
  regions,
  monitors,
  shards: 1,
  controls: [],
});
const before = monitorOf({ id: "api-health" });
const withProbe = (changes: object): Monitor => ({
  ...before,
  probe: { ...before.probe, ...changes },
});

/** What a change of the one monitor is said to be. */
function fieldsOf(was: Monitor, is: Monitor): Change["fields"] {
  const [change, ...others] = diff(documentOf([was]), documentOf([is]));
  expect(others).toEqual([]);
  expect(change).toMatchObject({ kind: "change", subject: "monitor api-health" });
  return change?.fields ?? [];
}

describe("diff", () => {
  it("of a plan and itself is nothing", () => {
    expect(diff(documentOf([before]), documentOf([structuredClone(before)]))).toEqual([]);
  });

  it("tells what is new and what is gone, regions first, in order of id", () => {
    const [east, west] = regions;
    if (!east || !west) throw new RangeError("the fixture has three regions");
    const old = {
      regions: [west],
      monitors: [monitorOf({ id: "b" }), monitorOf({ id: "d" })],
      shards: 1,
      controls: [],
    };
    const next = {
      regions: [east],
      monitors: [monitorOf({ id: "c" }), monitorOf({ id: "a" })],
      shards: 1,
      controls: [],
    };
    expect(diff(old, next).map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      "add region us-east",
      "remove region us-west",
      "add monitor a",
      "remove monitor b",
      "add monitor c",
      "remove monitor d",
    ]);
  });

  it("tells that a region moves", () => {
    const moved = regions.map((region) => ({ ...region, generation: region.number === 3 ? 2 : 1 }));
    expect(diff({ ...documentOf([]) }, { ...documentOf([]), regions: moved })).toEqual([
      {
        kind: "change",
        subject: "region eu-west",
        fields: [{ path: "generation", before: "1", after: "2" }],
      },
    ]);
  });

  const table: [name: string, is: Monitor, fields: Change["fields"]][] = [
    [
      "a setting, before and after",
      { ...before, schedule: { intervalSeconds: 120, phaseSeconds: 60 } },
      [
        { path: "schedule.intervalSeconds", before: "60", after: "120" },
        { path: "schedule.phaseSeconds", before: "0", after: "60" },
      ],
    ],
    [
      "a text with its quotes",
      { ...before, name: "Health" },
      [{ path: "name", before: '"Monitor 1"', after: '"Health"' }],
    ],
    [
      "a list as a whole",
      { ...before, regions: ["us-east"] },
      [{ path: "regions", before: '["us-east","us-west","eu-west"]', after: '["us-east"]' }],
    ],
    [
      "a setting that only one of them has",
      { ...before, verdict: { ...before.verdict, quorum: { kind: "atLeast", regions: 2 } } },
      [
        { path: "verdict.quorum.kind", before: '"majority"', after: '"atLeast"' },
        { path: "verdict.quorum.regions", before: "nothing", after: "2" },
      ],
    ],
    [
      "a condition that is new, field by field",
      withProbe({ conditions: [{ kind: "latency", maxMs: 900, otherwise: "degraded" }] }),
      [
        { path: "probe.conditions", before: "[]", after: "nothing" },
        { path: "probe.conditions.0.kind", before: "nothing", after: '"latency"' },
        { path: "probe.conditions.0.maxMs", before: "nothing", after: "900" },
        { path: "probe.conditions.0.otherwise", before: "nothing", after: '"degraded"' },
      ],
    ],
  ];
  it.each(table)("tells of a monitor: %s", (_name, is, fields) => {
    expect(fieldsOf(before, is)).toEqual(fields);
  });

  it("tells nothing of a monitor's shard", () => {
    expect(diff(documentOf([before]), documentOf([{ ...before, shard: 3 }]))).toEqual([]);
  });
});

describe("secrets in a plan", () => {
  const secret = "s3cr3t-t0k3n";
  const hidden = (path: string) => [{ path, before: "<not shown>", after: "<not shown>" }];
  const withHeader = (value: string, name = "Authorization") =>
    withProbe({ headers: { [name]: value } });

  const table: [name: string, was: Monitor, is: Monitor, fields: Change["fields"]][] = [
    [
      "a header that changes",
      withHeader("old"),
      withHeader(secret),
      hidden("probe.headers.Authorization"),
    ],
    ["a header that is new", before, withHeader(secret), hidden("probe.headers.Authorization")],
    ["a header that goes", withHeader(secret), before, hidden("probe.headers.Authorization")],
    [
      "a header with dots in its name",
      before,
      withHeader(secret, "x.y.z"),
      hidden("probe.headers.x.y.z"),
    ],
    [
      "a body that changes",
      withProbe({ body: "{}" }),
      withProbe({ body: secret }),
      hidden("probe.body"),
    ],
    ["a body that is new", before, withProbe({ body: secret }), hidden("probe.body")],
    ["a body that goes", withProbe({ body: secret }), before, hidden("probe.body")],
  ];
  it.each(table)("are not shown: %s", (_name, was, is, fields) => {
    const found = fieldsOf(was, is);
    expect(found).toEqual(fields);
    expect(JSON.stringify(found)).not.toContain(secret);
  });

  it("are not shown of a monitor that is new or gone", () => {
    const whole = { ...withHeader(secret), id: "other" };
    expect(JSON.stringify(diff(documentOf([]), documentOf([whole])))).not.toContain(secret);
    expect(JSON.stringify(diff(documentOf([whole]), documentOf([])))).not.toContain(secret);
  });
});
