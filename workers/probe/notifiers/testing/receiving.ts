/** What tests of the notifiers share: the receivers, a message, and a delivery's surroundings. */
import { inject } from "vitest";
import { z } from "zod";
import type { Clock } from "../../../../shared/clock.ts";
import type { Message, MessageMonitor } from "../../../../shared/domain/alerting/message.ts";
import type { DeliveryContext } from "../notifier.ts";

export const receivers = inject("receivers");

export type SmtpReceiverName = keyof typeof receivers.smtpPorts;

/** How the receiver answers a request; 200 and nothing unless said. */
export interface AnswerInput {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text, or a value that is sent as JSON. */
  readonly body?: unknown;
  readonly behaviour?: "answer" | "hang" | "reset" | "drip" | "flood";
}

/** The time of all deliveries in tests, epoch seconds: 2026-11-23T18:57:05Z. */
export const now = 1_795_460_225;

const requestSchema = z.object({
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: z.string(),
});

export type Request = z.infer<typeof requestSchema>;

/** A place of its own at the receiver of HTTP. */
export class Box {
  readonly #name = crypto.randomUUID();
  readonly url = `${receivers.url}/${this.#name}`;

  /** Says how it answers: one answer after the other, the last one for all that follow. */
  async answer(...answers: readonly AnswerInput[]): Promise<void> {
    const body = JSON.stringify(answers);
    const response = await fetch(this.#control, { method: "PUT", body });
    if (!response.ok) throw new Error("the receiver does not take these answers");
    await response.text();
  }

  /** What came, the oldest first. */
  async requests(): Promise<Request[]> {
    const response = await fetch(this.#control);
    return z.array(requestSchema).parse(await response.json());
  }

  /** The only request that came. */
  async request(): Promise<Request> {
    const [request, ...others] = await this.requests();
    if (!request || others.length > 0) throw new Error(`${others.length + 1} or no requests came`);
    return request;
  }

  get #control(): string {
    return `${receivers.url}/control/${this.#name}`;
  }
}

const mailboxSchema = z.object({
  mails: z.array(
    z.object({
      secure: z.boolean(),
      user: z.string().nullable(),
      from: z.string(),
      to: z.array(z.string()),
      raw: z.string(),
    }),
  ),
  plain: z.array(z.string()),
  logins: z.number(),
});

/** What a mail server took and heard so far. */
export async function mailbox(name: SmtpReceiverName): Promise<z.infer<typeof mailboxSchema>> {
  const response = await fetch(`${receivers.mailUrl}/${name}`);
  return mailboxSchema.parse(await response.json());
}

const clock: Clock = {
  now: () => now * 1000,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** A delivery's surroundings. */
export function contextOf(
  secrets: Readonly<Record<string, string>>,
  others: Partial<DeliveryContext> = {},
): DeliveryContext {
  return {
    secrets: new Map(Object.entries(secrets)),
    clock,
    timeoutMs: 5_000,
    userAgent: "NetPost-Monitor/test",
    thread: null,
    ...others,
  };
}

/** A monitor as messages name it. */
export function monitorOf(changes: Partial<MessageMonitor> = {}): MessageMonitor {
  return {
    id: "orders",
    name: "List of orders",
    group: "Business",
    status: "down",
    since: now - 725,
    regions: [
      { id: "us-east", colo: "IAD", status: "down" },
      { id: "us-west", colo: null, status: "down" },
      { id: "eu-west", colo: "AMS", status: "up" },
    ],
    reason: "status",
    detail: "expected 2xx",
    actual: "503",
    threshold: "2xx",
    ...changes,
  };
}

/** A message of an outage that goes on. */
export function messageOf(
  changes: Partial<Message> = {},
  incident: Partial<Message["incident"]> = {},
): Message {
  return {
    kind: "trigger",
    idempotencyKey: "outage/orders/1795459500:ops:trigger:0",
    incident: {
      number: 12,
      title: "List of orders is down",
      severity: "critical",
      priority: "P2",
      startedAt: now - 725,
      endedAt: null,
      dedupKey: "outage/orders/1795459500",
      ...incident,
    },
    monitors: [monitorOf()],
    moreMonitors: 0,
    note: null,
    budget: { burnedFraction: 0.253, burnRate: 14.4 },
    labels: { team: "payments" },
    links: {
      incident: "https://monitoring.netpost.example/incidents/12",
      acknowledge: "https://monitoring.netpost.example/incidents/12/acknowledge?token=t(1)",
      runbook: "https://docs.netpost.example/runbooks/orders",
    },
    at: now,
    ...changes,
  };
}

/** The same when it is over. */
export function resolvedOf(changes: Partial<Message> = {}): Message {
  return messageOf({ kind: "resolve", ...changes }, { endedAt: now - 5 });
}
