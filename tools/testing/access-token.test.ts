import { createServer, type Server } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { verifyAccessToken } from "../../shared/access-token.ts";

const audience = "the-application";
const keys = await generateKeyPair("RS256");
const others = await generateKeyPair("RS256");
let issuer = "";
let asked = 0;
let server: Server;

beforeAll(async () => {
  const key = { ...(await exportJWK(keys.publicKey)), kid: "one", alg: "RS256", use: "sig" };
  server = createServer((request, response) => {
    asked += 1;
    response.statusCode = request.url === "/cdn-cgi/access/certs" ? 200 : 404;
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ keys: [key] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  issuer = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});

afterAll(() => server.close());

const person = { email: "Ann@netpost.example" };

function token(claims: object = person, more: { aud?: string; iss?: string; exp?: string } = {}) {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "one" })
    .setIssuer(more.iss ?? issuer)
    .setAudience(more.aud ?? audience)
    .setExpirationTime(more.exp ?? "5m");
}

const verify = async (jwt: Promise<string> | string) =>
  verifyAccessToken(await jwt, { issuer, audience });

it("knows a person by e-mail and a machine by its client id, and fetches the keys once", async () => {
  expect(await verify(token().sign(keys.privateKey))).toEqual({
    ...{ ok: true, who: person.email, isPerson: true },
  });
  const machine = token({ common_name: "abc.access" });
  expect(await verify(machine.sign(keys.privateKey))).toEqual({
    ...{ ok: true, who: "abc.access", isPerson: false },
  });
  expect(asked).toBe(1);
});

it.each([
  ["another's signature", () => token().sign(others.privateKey), "not-valid"],
  ["another application", () => token(person, { aud: "other" }).sign(keys.privateKey), "not-valid"],
  [
    "another team",
    () => token(person, { iss: "http://x.example" }).sign(keys.privateKey),
    "not-valid",
  ],
  ["what is over", () => token(person, { exp: "-1m" }).sign(keys.privateKey), "expired"],
  ["nobody's name", () => token({}).sign(keys.privateKey), "no-name"],
  ["no token at all", () => "a.b.c", "not-valid"],
])("refuses %s", async (_name, make, reason) => {
  expect(await verify(make())).toEqual({ ok: false, reason });
});

it("refuses an unsigned token", async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    ...person,
    iss: issuer,
    aud: audience,
    exp: Math.floor(Date.now() / 1000) + 300,
  };
  const unsigned = `${part({ alg: "none" })}.${part(claims)}.`;
  expect(await verify(unsigned)).toEqual({ ok: false, reason: "not-valid" });
});

it("says so where the team's keys cannot be had", async () => {
  const nobody = "http://127.0.0.1:2";
  const jwt = await token(person, { iss: nobody }).sign(keys.privateKey);
  expect(await verifyAccessToken(jwt, { issuer: nobody, audience })).toEqual({
    ...{ ok: false, reason: "keys-unavailable" },
  });
});
