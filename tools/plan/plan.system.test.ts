import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const script = fileURLToPath(new URL("./main.ts", import.meta.url));

function plan(...args: string[]) {
  return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
}

describe("npm run plan", () => {
  it("shows limits and costs of netpost.config.ts, which fits the paid plan", () => {
    const { status, stdout } = plan("--plan", "paid");
    expect(status).toBe(0);
    expect(stdout).toContain("Free plan");
    expect(stdout).toContain("A month, paid plan");
  });

  it("ends with 1 where a limit of the plan asked for is exceeded", () => {
    const { status, stdout, stderr } = plan("--plan", "free");
    expect(status).toBe(1);
    expect(stdout).toMatch(/! .* is over the limit of .*\. Change: /);
    expect(stderr).toMatch(
      /^plan: free plan: region object: subrequests an invocation, worst: \d+ is over the limit of 50\. Change: /m,
    );
  });

  it("counts what the environment turns on, and refuses a stage that cannot be", () => {
    const telling = (env: Record<string, string>) =>
      spawnSync(process.execPath, [script], { encoding: "utf8", env: { ...process.env, ...env } });
    expect(telling({ DATADOG_API_KEY: "key" }).stdout).toContain("Told outside: datadog");
    const strange = telling({ NETPOST_STAGE: "X!" });
    expect(strange.status).toBe(1);
    expect(strange.stderr).toMatch(/^plan: NETPOST_STAGE: a stage: .*\n$/);
  });

  it("prints one JSON value on demand", () => {
    const { status, stdout } = plan("--json");
    expect(status).toBe(0);
    const parsed = z.object({ monitors: z.int().positive() }).parse(JSON.parse(stdout));
    expect(parsed.monitors).toBeGreaterThan(10);
  });

  it("says in one line what is wrong with the arguments or the file", () => {
    expect(plan("--plan", "gold")).toMatchObject({
      status: 2,
      stderr: "plan: --plan: one of free, paid (see --help)\n",
    });
    const missing = plan("--file", "no-such.config.ts");
    expect(missing.status).toBe(1);
    expect(missing.stderr).toBe("plan: no-such.config.ts: there is no such file\n");
  });
});
