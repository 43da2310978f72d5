import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { folderForTest, runConfig } from "./testing/cli.ts";

// Cloudflare's API, as far as the command gets without an account.
async function cloudflare(databases: readonly object[]) {
  const asked: string[] = [];
  const answer: RequestListener = (request, response) => {
    asked.push(new URL(request.url ?? "", "http://api").pathname);
    const found = request.url?.startsWith("/accounts/account/d1/database") ?? false;
    response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
    const errors = found ? [] : [{ code: 7003, message: "no such route" }];
    const body = { success: found, errors, messages: [], result: found ? databases : null };
    response.end(JSON.stringify(body));
  };
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const env = {
    CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${port}`,
    CLOUDFLARE_API_TOKEN: "token",
    CLOUDFLARE_ACCOUNT_ID: "account",
  };
  return { env, asked };
}

test("without a login, one line says how to log in", async () => {
  const { code, stdout, stderr } = await runConfig(["show", "--remote"], { cwd: folderForTest() });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(
    /^The deployed databases were not listed: .*CLOUDFLARE_API_TOKEN.* npx wrangler login.*\.\n$/,
  );
});

test("before the first deploy, one line says to deploy", async () => {
  const { env } = await cloudflare([{ name: "of-somebody-else", uuid: "1" }]);
  expect(await runConfig(["show", "--remote"], { cwd: folderForTest(), env })).toEqual({
    code: 1,
    stdout: "",
    stderr: "There is no deployed database netpost-monitoring yet. Run npm run deploy.\n",
  });
});

test("a remote binding is asked for, and its refusal is one line", async () => {
  const { env, asked } = await cloudflare([{ name: "netpost-monitoring", uuid: "2" }]);
  const { code, stderr } = await runConfig(["show", "--remote"], { cwd: folderForTest(), env });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^The deployed database netpost-monitoring was not reached: [^\n]*edge-preview[^\n]*\.\n$/,
  );
  expect(asked).toContain("/accounts/account/workers/subdomain/edge-preview");
});
