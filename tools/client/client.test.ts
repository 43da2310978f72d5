import { expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import type { outageListSchema } from "../../shared/contract/api/outages.ts";
import { ApiMismatchError, ApiProblemError, ApiUnreachableError, createClient } from "./index.ts";

const asked: Request[] = [];

/** A client of an API that answers one after another of these. */
function clientOf(...answers: readonly (() => Response)[]) {
  asked.length = 0;
  return createClient({
    baseUrl: "https://api.example/base/",
    key: "a-key-of-some-length",
    fetch: async (request) => {
      asked.push(request);
      const answer = answers[asked.length - 1];
      if (!answer) throw new TypeError("refused");
      return answer();
    },
  });
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

it("asks by method, path, query and body as the contract has them", async () => {
  const client = clientOf(
    () => json({ deleted: "x" }),
    () => json({}),
  );
  await client
    .call("deleteRule", { params: { id: "a/b c" }, query: { by: "ana" } })
    .catch(() => {});
  await client
    .call("snoozeIncident", { params: { number: 7 }, body: { minutes: 30 } })
    .catch(() => {});
  const [first, second] = asked;
  expect(first?.method).toBe("DELETE");
  expect(first?.url).toBe("https://api.example/base/api/monitoring/rules/a%2Fb%20c?by=ana");
  expect(first?.headers.get("Authorization")).toBe("Bearer a-key-of-some-length");
  expect(second?.url).toBe("https://api.example/base/api/monitoring/incidents/7/snooze");
  expect(await second?.json()).toEqual({ minutes: 30 });
});

it("goes from page to page, as far as it is asked to", async () => {
  const client = clientOf(
    () => json({ outages: [], nextCursor: "9" }),
    () => json({ outages: [], nextCursor: null }),
  );
  const cursors: unknown[] = [];
  for await (const page of client.pages("listOutages", { query: { limit: "5" } })) {
    cursors.push(page.nextCursor);
  }
  expect(cursors).toEqual(["9", null]);
  expect(asked.map(({ url }) => new URL(url).search)).toEqual(["?limit=5", "?limit=5&cursor=9"]);
});

it("tells a refusal in the API's words", async () => {
  const problem = {
    type: "urn:netpost-monitoring:problem:of-a-newer-version",
    title: "Too many requests",
    status: 429,
    detail: "Wait.",
    instance: "/api/monitoring/sla",
    requestId: "705d0815-ccae-4d68-b102-049c2d32b85c",
  };
  const client = clientOf(() => json(problem, 429, { "Retry-After": "10" }));
  const error = await client.call("getSla").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiProblemError);
  expect(error).toMatchObject({ status: 429, slug: "of-a-newer-version", retryAfterSeconds: 10 });
  expect(String(error)).toContain("Too many requests: Wait.");
});

it("tells one apart from what is no answer of the API", async () => {
  const client = clientOf(
    () => new Response("<h1>Bad gateway</h1>", { status: 502 }),
    () => json({ outages: "none" }),
    () => json({}, 206),
  );
  await expect(client.call("listOutages")).rejects.toThrow(ApiUnreachableError);
  await expect(client.call("listOutages")).rejects.toThrow(ApiMismatchError);
  await expect(client.call("listOutages")).rejects.toThrow(ApiMismatchError);
  await expect(client.call("listOutages")).rejects.toThrow("https://api.example does not answer");
});

it("is typed by the contract", () => {
  const client = clientOf();
  expectTypeOf(client.call<"listOutages">).returns.resolves.toEqualTypeOf<
    z.output<typeof outageListSchema>
  >();
  const mistakes = () => [
    // @ts-expect-error it needs an id
    client.call("getMonitor"),
    // @ts-expect-error no such parameter
    client.call("listOutages", { query: { colour: "red" } }),
    // @ts-expect-error minutes are a number
    client.call("snoozeIncident", { params: { number: 7 }, body: { minutes: "30" } }),
    // @ts-expect-error no pages
    client.pages("listMonitors"),
  ];
  expect(mistakes).toBeTypeOf("function");
});
