import { describe, expect, inject, it } from "vitest";
import { z } from "zod";
import { systemClock } from "../../../shared/clock.ts";
import type { Condition, HttpProbe } from "../../../shared/domain/probes/http.ts";
import { probeHttp } from "./http.ts";
import { secretsOf } from "./secrets.ts";

const raw = inject("rawServer");
const secrets = secretsOf({
  PROBE_TOKEN: "t0ken-t0ken",
  PROBE_PASSWORD: 'päss"word&more',
  PROBE_LINES: "a\r\nX-Injected: yes",
  PROBE_EMPTY: "",
  OTHER_SECRET: "never",
});

const ok: Condition = { kind: "status", allowed: [{ from: 200, to: 299 }], otherwise: "down" };

function probe(path: string, more: Partial<HttpProbe> = {}): HttpProbe {
  const url = path.startsWith("http") ? path : `${raw.url}${path}`;
  return { kind: "http", url, method: "GET", headers: {}, body: null, conditions: [ok], ...more };
}

function attempt(asked: HttpProbe) {
  return probeHttp(asked, {
    clock: systemClock,
    userAgent: "NetPost-Monitor/0",
    timeoutMs: 2_000,
    secrets,
    allowsPrivate: true,
    resolverUrl: `${raw.url}/resolver`,
  });
}

const echoSchema = z.object({
  method: z.string(),
  path: z.string(),
  query: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

/** What the server was sent, as the transcript's trace has it from the echo. */
async function sent(asked: HttpProbe): Promise<z.infer<typeof echoSchema>> {
  let text = "";
  await probeHttp(asked, {
    clock: systemClock,
    userAgent: "NetPost-Monitor/0",
    timeoutMs: 2_000,
    secrets,
    allowsPrivate: true,
    resolverUrl: `${raw.url}/resolver`,
    trace: (event) => {
      if (event.kind === "body") text = event.text;
    },
  });
  return echoSchema.parse(JSON.parse(text));
}

describe("a reference to a secret", () => {
  it("is filled in where it stands, written as that place demands", async () => {
    const url = "/echo?key={{secret.PROBE_PASSWORD}}";
    const asked = probe(url, {
      method: "POST",
      headers: { "X-Key": "key {{ secret.PROBE_TOKEN }}", "Content-Type": "application/json" },
      body: '{"password":"{{secret.PROBE_PASSWORD}}"}',
    });
    const { query, headers, body } = await sent(asked);
    expect(query).toBe(`key=${encodeURIComponent('päss"word&more')}`);
    expect(headers["x-key"]).toBe("key t0ken-t0ken");
    expect(JSON.parse(body)).toEqual({ password: 'päss"word&more' });
  });

  it("is filled into a form percent-encoded", async () => {
    const asked = probe("/echo", {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: "password={{secret.PROBE_PASSWORD}}",
    });
    const { body } = await sent(asked);
    expect(new URLSearchParams(body).get("password")).toBe('päss"word&more');
  });

  const missing: [name: string, more: Partial<HttpProbe>, why: string][] = [
    ["PROBE_NOWHERE", { headers: { a: "{{secret.PROBE_NOWHERE}}" } }, "PROBE_NOWHERE is not set"],
    ["PROBE_EMPTY", { body: "{{secret.PROBE_EMPTY}}" }, "PROBE_EMPTY is not set"],
    [
      "OTHER_SECRET",
      { auth: { kind: "bearer", token: "{{secret.OTHER_SECRET}}" } },
      "OTHER_SECRET is not set",
    ],
    [
      "PROBE_LINES",
      { headers: { a: "{{secret.PROBE_LINES}}" } },
      "{{secret.PROBE_LINES}} cannot be sent in the header a",
    ],
  ];
  it.each(missing)("to %s is our own fault: unknown, and nothing is sent", async (_, more, why) => {
    const { outcome } = await attempt(probe("/echo", { method: "POST", ...more }));
    expect(outcome).toEqual({ outcome: "unknown", reason: "secret-missing", detail: why });
  });

  it("never appears in a detail, though the target gives it back", async () => {
    const conditions: Condition[] = [
      {
        kind: "json",
        path: "$.headers['x-key']",
        demand: { test: "equals", value: "x" },
        otherwise: "down",
      },
    ];
    const headers = { "X-Key": "{{secret.PROBE_TOKEN}}" };
    const { outcome } = await attempt(probe("/echo", { headers, conditions }));
    expect(outcome).toMatchObject({ detail: `$.headers['x-key'] is "<secret>", expected "x"` });
  });
});

describe("credentials", () => {
  it("are sent as basic auth, in UTF-8", async () => {
    const password = "{{secret.PROBE_PASSWORD}}";
    const { headers } = await sent(
      probe("/echo", { auth: { kind: "basic", username: "probe", password } }),
    );
    const [scheme, credentials = ""] = headers["authorization"]?.split(" ") ?? [];
    const bytes = Uint8Array.from(atob(credentials), (character) => character.charCodeAt(0));
    expect(scheme).toBe("Basic");
    expect(new TextDecoder().decode(bytes)).toBe('probe:päss"word&more');
  });

  it("are sent as a bearer token", async () => {
    const auth = { kind: "bearer", token: "{{secret.PROBE_TOKEN}}" } as const;
    const { headers } = await sent(probe("/echo", { auth }));
    expect(headers["authorization"]).toBe("Bearer t0ken-t0ken");
  });
});

const to = (target: string, status = 302) =>
  `/redirect?status=${status}&to=${encodeURIComponent(target)}`;

describe("a redirect", () => {
  it("is the answer where none is to be followed", async () => {
    const { outcome, httpStatus } = await attempt(probe(to("/good")));
    expect(outcome).toMatchObject({ outcome: "down", reason: "status" });
    expect(httpStatus).toBe(302);
  });

  it.each([301, 302, 303, 307, 308])(
    "with status %i is followed as far as allowed",
    async (status) => {
      const { outcome } = await attempt(probe(to("/good", status), { redirects: 1 }));
      expect(outcome).toEqual({ outcome: "up" });
    },
  );

  const refused: [name: string, path: string, redirects: number, detail: string][] = [
    ["in a circle", "/loop", 10, "more than 10 redirects"],
    ["one further than allowed", to(to("/good")), 1, "more than 1 redirects"],
    ["to another scheme", to("ftp://netpost.test/"), 3, "redirected to ftp: instead of http(s)"],
    ["to no URL", to("http://[/"), 3, "redirected to what is no URL"],
    ["with credentials", to("http://a:b@netpost.test/"), 3, "redirected to a URL with credentials"],
  ];
  it.each(refused)("%s is down", async (_, path, redirects, detail) => {
    const { outcome } = await attempt(probe(path, { redirects }));
    expect(outcome).toEqual({ outcome: "down", reason: "redirect", detail });
  });

  it("without a location is an answer", async () => {
    const { outcome } = await attempt(probe("/redirect", { redirects: 3 }));
    expect(outcome).toMatchObject({ outcome: "down", reason: "status" });
  });

  const carrying: Partial<HttpProbe> = {
    redirects: 2,
    auth: { kind: "bearer", token: "{{secret.PROBE_TOKEN}}" },
    headers: { "X-Key": "{{secret.PROBE_TOKEN}}", "X-Plain": "plain", Cookie: "a=b" },
  };

  it("inside an origin takes credentials along", async () => {
    const { headers } = await sent(probe(to("/echo"), carrying));
    expect(headers).toMatchObject({ authorization: "Bearer t0ken-t0ken", "x-key": "t0ken-t0ken" });
  });

  it("to another origin leaves credentials behind, also when it comes back", async () => {
    const away = await sent(probe(to(`${raw.otherUrl}/echo`), carrying));
    const back = `${raw.otherUrl}${to(`${raw.url}/echo`)}`;
    const returned = await sent(probe(to(back), carrying));
    for (const { headers } of [away, returned]) {
      expect(headers).toMatchObject({ "x-plain": "plain" });
      expect(JSON.stringify(headers)).not.toContain("t0ken");
      expect(headers).not.toHaveProperty("cookie");
    }
  });

  const post: Partial<HttpProbe> = { redirects: 2, method: "POST", body: "plain" };

  it.each([
    [302, "GET", ""],
    [303, "GET", ""],
    [307, "POST", "plain"],
    [308, "POST", "plain"],
  ])("with status %i makes of a POST a %s", async (status, method, body) => {
    expect(await sent(probe(to("/echo", status), post))).toMatchObject({ method, body });
  });

  it("does not take a body with a secret in it to another origin", async () => {
    const body = "password={{secret.PROBE_PASSWORD}}";
    const asked = probe(to(`${raw.otherUrl}/echo`, 307), { ...post, body });
    const { outcome } = await attempt(asked);
    expect(outcome).toEqual({
      outcome: "down",
      reason: "redirect",
      detail: "redirected to another origin, where the body with its secrets must not go",
    });
  });
});

describe("metrics", () => {
  const metrics = { ms: "$.ms", text: "$.status", absent: "$.absent", all: "$.*" };

  it("are numbers that a query selects; what is no number is left out", async () => {
    expect(await attempt(probe("/json", { metrics }))).toMatchObject({
      outcome: { outcome: "up" },
      metrics: { ms: 12.5 },
    });
  });

  it("are taken of an answer that is not as expected, too", async () => {
    const conditions: Condition[] = [{ ...ok, allowed: [{ from: 500, to: 500 }] }];
    const { outcome, metrics: taken } = await attempt(probe("/json", { metrics, conditions }));
    expect(outcome).toMatchObject({ outcome: "down" });
    expect(taken).toEqual({ ms: 12.5 });
  });

  it.each(["/good", "/endless-chunks", "/reset", "/not-utf-8"])("are none of %s", async (path) => {
    expect((await attempt(probe(path, { metrics }))).metrics ?? {}).toEqual({});
  });
});

describe("a body", () => {
  const size = (maxBytes: number): Condition => ({ kind: "size", maxBytes, otherwise: "degraded" });

  it("is measured decompressed", async () => {
    const conditions = [ok, size(14)];
    const { outcome } = await attempt(probe("/gzip-good", { conditions }));
    expect(outcome).toMatchObject({
      outcome: "degraded",
      detail: "the body is 15 bytes, allowed 14",
    });
  });

  it("is read further than 1 MiB where its monitor allows more", async () => {
    const conditions = [ok, size(3 * 1_048_576)];
    const { outcome } = await attempt(probe("/large", { conditions }));
    expect(outcome).toEqual({ outcome: "up" });
    expect((await attempt(probe("/large"))).outcome).toMatchObject({ reason: "body-size" });
  });
});
