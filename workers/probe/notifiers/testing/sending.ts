import { expect } from "vitest";
import type { Message } from "../../../../shared/domain/alerting/message.ts";
import type { DeliveryContext } from "../notifier.ts";
import { type Channel, deliver } from "../registry.ts";
import { httpChannels, type TestedChannel } from "./channels.ts";
import { Box, contextOf } from "./receiving.ts";

type Name = keyof typeof httpChannels;

/** Delivers to a box that takes everything; what came. */
export async function sent(
  name: Name,
  message: Message,
  others: Partial<DeliveryContext> = {},
  settings: object = {},
) {
  const tested: TestedChannel = httpChannels[name];
  const box = new Box();
  await box.answer(tested.success);
  const channel: Channel = { ...tested.channel(box.url), ...settings };
  const context = contextOf(tested.secrets(box.url), others);
  const delivered = await deliver(message, channel, context);
  expect(delivered).toMatchObject({ ok: true });
  return { delivered, requests: await box.requests() };
}

/** The same for one request with JSON. */
export async function bodyOf(name: Name, message: Message, others: Partial<DeliveryContext> = {}) {
  const { requests } = await sent(name, message, others);
  const [request] = requests;
  if (!request || requests.length > 1) throw new Error("not one request came");
  const body: unknown = JSON.parse(request.body);
  return { request, body, text: request.body };
}
