import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { parseConfig } from "../../../shared/config/parse.ts";
import { folderForTest, runConfig } from "../../config/testing/cli.ts";
import { VendorServer } from "../../testing/vendors/vendor-server.ts";
import { importFrom } from "../import.ts";
import { evaluateConfig } from "./evaluate-config.ts";
import { settle } from "./settle.ts";

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

const cwd = folderForTest();

async function imported(...[tool, file, modules]: Parameters<typeof importFrom>) {
  const { monitors, notes } = settle(await importFrom(tool, file, modules));
  expect(JSON.stringify({ monitors, notes })).not.toContain("swordfish");
  const whole = { baseUrl: "https://netpost.example", regions: { a: { locationHint: "weur" } } };
  expect(parseConfig({ ...whole, monitors })).toMatchObject({ ok: true });
  const told = (kind: "lost" | "differs") =>
    notes.filter((note) => note.kind === kind).map(({ monitor, field }) => [monitor, field]);
  return {
    ids: monitors.map(({ id }) => id),
    one: (id: string) => monitors.find((monitor) => monitor.id === id),
    lost: told("lost"),
    differs: told("differs"),
  };
}

describe.concurrent("an import", () => {
  test("of Uptime Kuma's backup", async () => {
    const { ids, one, lost, differs } = await imported(
      "uptime-kuma",
      fixture("Uptime_Kuma_Backup.json"),
    );
    expect(ids).toEqual([
      ...["shop-api", "shop-api-certificate", "startseite", "no-maintenance-page", "queue-depth"],
      ...["sum-of-queues", "login", "postgres", "mx", "nightly-backup"],
      ...["memcached", "search-with-a-body", "quick-job"],
    ]);
    expect(one("memcached")).toMatchObject({ group: "Caches", type: "tcp", port: 11_211 });
    expect(one("quick-job")).toMatchObject({ type: "heartbeat", every: 60 });
    expect(one("shop-api")).toMatchObject({
      group: "Production",
      tags: ["env-prod", "critical"],
      failuresToOpen: 3,
      headers: { Authorization: "{{secret.PROBE_IMPORTED_SHOP_API_AUTHORIZATION}}" },
      expect: { status: ["2xx", 304] },
    });
    expect(one("no-maintenance-page")).toMatchObject({
      intervalSeconds: 20,
      expect: { notContains: ["be right back"] },
    });
    expect(lost).toEqual([
      ["Shop API", "description"],
      ["Shop API", "resendInterval"],
      ["Sum of queues", "jsonPath"],
      ["Router", "type"],
      ["SOA", "dns_resolve_type"],
      ["Redis", "type"],
      ["Must be closed", "upsideDown"],
      ["Old shop", "active"],
      ["Retired queue", "active"],
      ["Worker container", "type"],
      ["Game night", "type"],
      ["Ranking", "type"],
      ["Search with a body", "body"],
      [null, "notificationList"],
      ["mail", "port"],
    ]);
    for (const [monitor, field] of [
      ["Startseite", "interval"],
      ["Memcached", "parent"],
      ["Quick job", "interval"],
    ]) {
      expect(differs).toContainEqual([monitor, field]);
    }
  });

  test("of UptimeFlare's config, which is run without imports, network and files", async () => {
    const { ids, one, lost } = await imported("uptimeflare", fixture("uptime.config.ts"));
    expect(ids).toEqual(["shop-api", "login", "ssh"]);
    expect(one("shop-api")).toMatchObject({
      group: "Public",
      expect: { status: [200, 204], contains: ["ok"], notContains: ["bad gateway"] },
    });
    expect(one("ssh")).toMatchObject({ type: "tcp", host: "1.2.3.4", port: 22, timeoutMs: 5_000 });
    expect(lost).toEqual([
      ["shop_api", "tooltip"],
      ["shop_api", "statusPageLink"],
      ["shop_api", "checkProxy"],
      ["shop_api", "checkProxyFallback"],
      [null, "workerConfig.notification"],
      [null, "workerConfig.callbacks"],
      [null, "workerConfig.passwordProtection"],
      [null, "maintenances"],
      ["mail", "port"],
    ]);
  });

  test("of Gatus' YAML", async () => {
    const { ids, one, lost } = await imported("gatus", fixture("gatus.yaml"));
    expect(ids).toEqual([
      ...["shop-api", "shop-api-certificate", "shop-front-page", "search", "resolver", "redis"],
      ...["mail-certificate", "live", "jobs-backup"],
    ]);
    expect(one("shop-api")).toMatchObject({
      intervalSeconds: 30,
      expect: {
        status: [200],
        downLatencyMs: 299,
        json: [
          { path: "$.status", equals: "UP" },
          { path: '$.data[0]["queue-depth"]', atMost: 10 },
          { path: "$.replicas", atLeast: 3 },
        ],
      },
    });
    expect(one("shop-front-page")).toMatchObject({
      expect: {
        status: ["1xx", { from: 200, to: 203 }, { from: 206, to: 299 }, "3xx"],
        contains: ["<h1>Shop</h1>"],
      },
    });
    expect(one("shop-api-certificate")).toMatchObject({ type: "tls", expect: { downDaysLeft: 2 } });
    expect(lost).toEqual([
      ["shop/api", "alerts"],
      ["shop/api", "client.insecure"],
      ["shop/api", "conditions: has([BODY].errors) == false"],
      ["shop/api", "conditions: len([BODY].data) > 0"],
      ["router", "url"],
      ["domain", "enabled"],
      ["jobs/backup", "alerts"],
      [null, "alerting"],
    ]);
  });

  test("of Prometheus' blackbox targets, with the exporter's modules", async () => {
    const modules = fixture("blackbox.yml");
    const { ids, one, lost } = await imported("prometheus", fixture("prometheus.yml"), modules);
    expect(ids).toEqual([
      ...["blackbox-shop-example-api-health", "blackbox-shop-example-8080"],
      ...[
        "blackbox-shop-example-login",
        "blackbox-shop-example-any",
        "ports-git-shop-example-22",
        "names-8-8-8-8",
      ],
      ...["modules-shop-example", "modules-shop-example-newer", "modules-queue-shop-example-5671"],
      ...["modules-db-shop-example-5432", "modules-cache-shop-example-6379"],
      ...["modules-shop-example-chat", "certain-shop-example-certain", "addresses-10-0-0-7-443"],
    ]);
    expect(one("blackbox-shop-example-login")).toMatchObject({
      method: "POST",
      expect: { status: [200, 401] },
      intervalSeconds: 30,
    });
    expect(one("blackbox-shop-example-any")).toMatchObject({
      expect: { status: ["1xx", "2xx", "3xx", "4xx", "5xx"] },
    });
    expect(one("ports-git-shop-example-22")).toMatchObject({
      intervalSeconds: 120,
      expect: { contains: "SSH-2.0-" },
    });
    expect(one("modules-shop-example-newer")?.["headers"]).toEqual({
      "Accept-Language": "en-US",
      "X-Shop": "{{secret.PROBE_IMPORTED_MODULES_SHOP_EXAMPLE_NEWER_X_SHOP}}",
    });
    expect(one("modules-queue-shop-example-5671")).toMatchObject({
      tls: true,
      send: "HELO\r\n\r\n",
      expect: { contains: "AMQP" },
    });
    // Its answer would be one to bytes that were not sent.
    expect(one("modules-db-shop-example-5432")).not.toHaveProperty("expect");
    expect(one("modules-cache-shop-example-6379")).toMatchObject({ expect: { contains: "+PONG" } });
    expect(one("modules-shop-example-chat")).toMatchObject({
      type: "websocket",
      headers: { "X-Room": "lobby" },
      send: "hello",
      expect: { contains: "welcome" },
    });
    expect(lost.filter(([where]) => !/^(?:job|10\.|8\.)/.test(where ?? ""))).toEqual([
      ["https://shop.example/api/health", "http.preferred_ip_protocol"],
      ["shop.example:8080", "http.preferred_ip_protocol"],
      ["git.shop.example:22", "tcp.query_response"],
      ["https://shop.example/newer", "http.proxy_url"],
      ["https://shop.example/newer", "http.http_headers.X-API-Key"],
      ["queue.shop.example:5671", "tcp.tls_config"],
      ["queue.shop.example:5671", "tcp.query_response"],
      ["db.shop.example:5432", "tcp.query_response"],
      ["db.shop.example:5432", "tcp.query_response"],
      ["wss://shop.example/chat", "websocket.http_config.bearer_token"],
      ["/run/shop.sock", "prober"],
      ["https://shop.example/certain", "http.preferred_ip_protocol"],
      ["https://10.0.0.7:443/", "http.preferred_ip_protocol"],
    ]);
    expect(lost).toContainEqual(["job addresses", "relabel_configs"]);
    expect(lost).toContainEqual(["job discovered", "dns_sd_configs"]);
    expect(lost).toContainEqual(["10.0.0.1", "prober"]);
  });

  test("of Prometheus without modules asks for those that the exporter does not come with", async () => {
    const { ids, lost } = await imported("prometheus", fixture("prometheus.yml"));
    expect(ids).not.toContain("blackbox-shop-example-login");
    expect(lost).toContainEqual(["https://shop.example/login", "module"]);
  });

  test("of Pingdom's checks, which go on being vantage points", async () => {
    const { ids, one, lost, differs } = await imported("pingdom", fixture("pingdom.json"));
    expect(ids).toEqual(["shop-api", "shop-api-certificate", "search", "mail", "names"]);
    expect(one("shop-api")).toMatchObject({
      url: "https://api.shop.example/health?deep=1",
      tags: ["tier-1"],
      timeoutMs: 8_000,
      auth: { basic: { username: "probe", password: expect.stringMatching(/^\{\{secret\./) } },
      headers: { "X-Api-Key": expect.stringMatching(/^\{\{secret\./) },
      expect: { contains: ["ok"] },
      vantagePoints: [{ service: "pingdom", check: "85975" }],
    });
    expect(one("shop-api-certificate")).toMatchObject({ expect: { downDaysLeft: 7 } });
    expect(one("search")).toMatchObject({ url: "http://shop.example:8080/search", method: "POST" });
    expect(one("mail")).toMatchObject({ type: "tcp", port: 587, expect: { contains: "220" } });
    expect(one("names")).toMatchObject({ type: "dns", intervalSeconds: 900 });
    expect(lost).toEqual([
      ["Router", "type"],
      ["Old shop", "status"],
      ["Letters", "type"],
    ]);
    expect(differs).toContainEqual(["Names", "nameserver"]);
  });

  test("of UptimeRobot's monitors, which go on being vantage points", async () => {
    const { ids, one, lost } = await imported("uptimerobot", fixture("uptimerobot.json"));
    expect(ids).toEqual(["shop-api", "start-page", "no-errors", "mail", "backup"]);
    expect(one("shop-api")).toMatchObject({
      timeoutMs: 20_000,
      headers: { Accept: "application/json", "X-Api-Key": expect.stringMatching(/^\{\{secret\./) },
      vantagePoints: [{ service: "uptimerobot", check: "777749809" }],
    });
    expect(one("start-page")).toMatchObject({ expect: { matches: ["(?i)Add to cart\\?"] } });
    expect(one("no-errors")).toMatchObject({ expect: { notContains: ["error"] } });
    expect(one("mail")).toMatchObject({ type: "tcp", port: 143 });
    expect(one("backup")).toMatchObject({ type: "heartbeat", every: 86_400 });
    expect(lost).toEqual([
      ["Router", "type"],
      ["Paused", "status"],
    ]);
  });

  test("without a file asks the service's own API, and tells what that says", async () => {
    const vendors = new VendorServer();
    const port = await new Promise<number>((resolve) => {
      vendors.server.listen(0, "127.0.0.1", () => {
        const address = vendors.server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const root = `http://127.0.0.1:${port}`;
    const read = (name: string): unknown => JSON.parse(readFileSync(fixture(name), "utf8"));
    const documents = z.array(z.object({ check: z.looseObject({ type: z.unknown() }) }));
    const checks = documents.parse(read("pingdom.json")).map(({ check }) => {
      const [type] = Object.keys(Object(check.type));
      return { ...check, type, detail: { type: check.type } };
    });
    const robots = z.object({ monitors: z.array(z.looseObject({})) });
    const { monitors } = robots.parse(read("uptimerobot.json"));
    const many = Array.from({ length: 60 }, (_, index) => ({
      ...monitors[1],
      id: index + 1,
      friendly_name: `Page ${index}`,
    }));
    const watch = (box: string, watched: object) =>
      fetch(`${root}/control/${box}`, { method: "PUT", body: JSON.stringify({ watched }) });
    await watch("a", { key: "token", checks });
    await watch("b", { key: "key", checks: many });
    const asking = {
      PINGDOM_API_URL: `${root}/pingdom/a`,
      UPTIMEROBOT_API_URL: `${root}/uptimerobot/b`,
    };
    const env = { ...asking, PINGDOM_API_KEY: "token", UPTIMEROBOT_API_KEY: "key" };
    const pingdom = settle(await importFrom("pingdom", undefined, undefined, env));
    expect(pingdom.monitors.map(({ id }) => id)).toContain("shop-api-certificate");
    const robot = settle(await importFrom("uptimerobot", undefined, undefined, env));
    expect(robot.monitors).toHaveLength(60);
    const wrong = { ...asking, PINGDOM_API_KEY: "other", UPTIMEROBOT_API_KEY: "other" };
    for (const [tool, words] of [
      ["pingdom", "Pingdom: status 401: is the key right?"],
      ["uptimerobot", "UptimeRobot: api_key is wrong"],
    ] as const) {
      await expect(importFrom(tool, undefined, undefined, wrong)).rejects.toThrow(words);
      await expect(importFrom(tool, undefined, undefined, {})).rejects.toThrow(
        /or set \w+_API_KEY/,
      );
    }
    await expect(importFrom("gatus", undefined)).rejects.toThrow("import gatus: name its file");
    vendors.server.close();
  });

  test("tells on stderr what was lost, prints a module, and is strict when asked", async () => {
    const args = ["import", "gatus", fixture("gatus.yaml")];
    const { code, stdout, stderr } = await runConfig(args, { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('export const imported: ConfigInput["monitors"] = [');
    expect(stderr).toContain("  router: url: icmp: a Worker cannot send ICMP; left out\n");
    const strict = await runConfig([...args, "--strict", "--output", "out.ts"], { cwd });
    expect(strict).toMatchObject({ code: 1, stdout: "" });
  });

  test("of an unknown tool is a mistake, told in one line", async () => {
    const { code, stdout, stderr } = await runConfig(["import", "nagios", "a"], { cwd });
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "import: unknown tool nagios; one of uptime-kuma, uptimeflare, gatus, prometheus, pingdom, uptimerobot\n",
    });
  });

  test.each([
    ["gatus", "none.yaml", "none.yaml cannot be read (ENOENT)"],
    ["uptime-kuma", fixture("gatus.yaml"), "gatus.yaml: "],
    ["gatus", fixture("uptime.config.ts"), "uptime.config.ts:"],
    ["prometheus", fixture("gatus.yaml"), "not a configuration of Prometheus: scrape_configs: "],
    ["uptimeflare", fixture("Uptime_Kuma_Backup.json"), "not a configuration of UptimeFlare: "],
    ["pingdom", fixture("uptimerobot.json"), "not what Pingdom's API tells: "],
    ["uptimerobot", fixture("pingdom.json"), "not what UptimeRobot's getMonitors tells: "],
  ] as const)("to %s of %s is refused, in words", async (tool, file, words) => {
    await expect(importFrom(tool, file)).rejects.toThrow(words);
  });

  test.each([
    [
      "it imports node:fs, which is not run",
      'import { readFileSync } from "node:fs";\nexport const a = readFileSync("x");',
    ],
    ["fetch is not defined", 'export const a = fetch("http://127.0.0.1/");'],
  ])("of a config that reaches out fails: %s", async (words, source) => {
    await expect(evaluateConfig(source, "a.ts")).rejects.toThrow(words);
  });
});
