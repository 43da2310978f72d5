import { describe, expect, inject, it } from "vitest";
import { systemClock } from "../../../shared/clock.ts";
import { diagnose } from "./diagnose.ts";

const { ports, resolverUrl } = inject("broken");

function examine(url: string, resolver = "silent", timeoutMs = 1500) {
  return diagnose(url, "connection", {
    clock: systemClock,
    resolverUrl: `${resolverUrl}/${resolver}`,
    timeoutMs,
  });
}

describe("a diagnosis", () => {
  it("finds a port that nobody listens on", async () => {
    expect(await examine(`http://127.0.0.1:${ports.closed}/`)).toEqual({
      reason: "connect-refused",
      findings: [`port ${ports.closed} refuses connections`],
    });
  });

  it("finds a host that does not let anybody connect", async () => {
    expect(await examine(`http://127.0.0.1:${ports.full}/`, "silent", 800)).toEqual({
      reason: "connect-timeout",
      findings: [expect.stringMatching(/^port \d+ accepts no connection within [78]\d\d ms$/)],
    });
  });

  it.each(["http-timeout", "connection"] as const)(
    "leaves %s where the port accepts",
    async (reason) => {
      const context = { clock: systemClock, resolverUrl, timeoutMs: 1500 };
      expect(await diagnose(`http://127.0.0.1:${ports.hanging}/`, reason, context)).toEqual({
        reason,
        findings: [`port ${ports.hanging} accepts connections`],
      });
    },
  );

  it("finds a certificate that is not to be trusted", async () => {
    expect(await examine(`https://127.0.0.1:${ports.untrusted}/`)).toEqual({
      reason: "tls",
      findings: [`port ${ports.untrusted} accepts connections`, "the TLS handshake fails"],
    });
  });

  it("has nothing against a certificate with a chain to a trusted root", async () => {
    const { tcp } = inject("protocols");
    expect(await examine(`https://127.0.0.1:${tcp.trusted}/`)).toMatchObject({
      // What it then says is a word of welcome.
      reason: "protocol",
      findings: [
        `port ${tcp.trusted} accepts connections`,
        "the TLS handshake succeeds",
        "an answer comes, but it is no HTTP",
      ],
    });
  });

  it("finds a server that hangs up instead of a handshake", async () => {
    expect(await examine(`https://127.0.0.1:${ports.hangingUp}/`)).toMatchObject({ reason: "tls" });
  });

  it("does not blame TLS where the server hangs as a whole", async () => {
    expect(await examine(`https://127.0.0.1:${ports.hanging}/`, "silent", 700)).toEqual({
      reason: "connection",
      findings: [
        `port ${ports.hanging} accepts connections`,
        expect.stringMatching(/^no TLS handshake within \d+ ms$/),
      ],
    });
  });

  it("finds a name that does not exist", async () => {
    const { reason, findings } = await examine("http://no-such-name.invalid/", "nxdomain");
    expect(reason).toBe("dns");
    expect(findings).toEqual(["the name does not exist"]);
  });

  it("finds a name without an address", async () => {
    const { reason, findings } = await examine("http://no-such-name.invalid/", "no-address");
    expect(reason).toBe("dns");
    expect(findings).toEqual(["the name has no address"]);
  });

  it.each(["address/192.0.2.1", "ipv6-only"])(
    "has nothing against a name with %s",
    async (answer) => {
      const { reason, findings } = await examine("http://no-such-name.invalid/", answer);
      expect(reason).toBe("connection");
      expect(findings[0]).toBe("the name resolves");
    },
  );

  it.each(["silent", "servfail", "failing", "garbage"])(
    "does not blame the target where our resolver is %s",
    async (resolver) => {
      const { reason, findings } = await examine("http://no-such-name.invalid/", resolver);
      expect(reason).toBe("connection");
      expect(findings[0]).toMatch(/^our resolver: /);
    },
  );

  it("does not blame the target where nobody listens at our resolver's", async () => {
    const { reason } = await diagnose("http://no-such-name.invalid/", "http-timeout", {
      clock: systemClock,
      resolverUrl: `http://127.0.0.1:${ports.closed}/`,
      timeoutMs: 1500,
    });
    expect(reason).toBe("http-timeout");
  });

  it("tries no connection to Cloudflare's addresses: the platform refuses those", async () => {
    expect(await examine("https://no-such-name.invalid/", "address/104.16.1.1")).toEqual({
      reason: "connection",
      findings: ["behind Cloudflare, where we can try no connection"],
    });
  });

  const hanging = [
    { name: "the resolver", url: "https://no-such-name.invalid/" },
    { name: "the connect", url: `https://127.0.0.1:${ports.full}/` },
    { name: "the handshake", url: `https://127.0.0.1:${ports.hanging}/` },
  ];
  it.each(hanging)("ends in time when $name hangs", async ({ url }) => {
    const startedAt = Date.now();
    await examine(url, "silent", 1000);
    expect(Date.now() - startedAt).toBeLessThan(1000 + 250);
  });

  it("concludes nothing in too little time", async () => {
    const { reason, findings } = await examine(
      `http://127.0.0.1:${ports.closed}/`,
      "nxdomain",
      400,
    );
    expect({ reason, findings }).toEqual({ reason: "connection", findings: [] });
  });

  it("has nothing to say of what is not a URL", async () => {
    expect(await examine("not a URL")).toEqual({ reason: "connection", findings: [] });
  });
});
