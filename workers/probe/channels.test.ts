import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { channelsOf } from "./channels.ts";

const webhook = {
  ALERT_WEBHOOK_URL: "https://hooks.netpost.example/alerts",
  ALERT_WEBHOOK_SECRET: "whsec_bmV0cG9zdC1uZXRwb3N0LW5ldHBvc3QtbmV0cG9zdA==",
};
const mail = {
  ALERT_EMAIL_ENABLED: "true",
  ALERT_EMAIL_RECIPIENTS: "ops@netpost.example",
  SMTP_HOST: "mail.netpost.example",
};

function read(settings: Readonly<Record<string, string>>) {
  const { channels, off, broken, fault } = channelsOf({ ...env, ...settings });
  const names = (those: readonly { readonly name: string }[]) => those.map(({ name }) => name);
  return { on: [...channels.keys()], off: names(off), broken: names(broken), fault };
}

describe("the channels of the environment", () => {
  it("are on where their settings are there, and off where they are not", () => {
    const { on, off, broken, fault } = read(webhook);
    expect({ on, broken, fault }).toEqual({ on: ["webhook"], broken: [], fault: null });
    expect(off).toContain("slack");
    expect(off).toContain("email");
  });

  it("are broken where a setting is malformed; the others go on", () => {
    const { on, off, broken, fault } = read({ ...webhook, SLACK_WEBHOOK_URL: "not a url" });
    expect({ on, broken }).toEqual({ on: ["webhook"], broken: ["slack"] });
    expect(off).not.toContain("slack");
    expect(fault).toContain("SLACK_WEBHOOK_URL");
    expect(fault).not.toContain("not a url");
  });

  it("are broken where settings of mail do not go together", () => {
    const { on, broken, fault } = read({ ...webhook, ...mail, SMTP_USER: "somebody" });
    expect({ on, broken }).toEqual({ on: ["webhook"], broken: ["email"] });
    expect(fault).toContain("SMTP_PASS");
  });
});
