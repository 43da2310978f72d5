import type { z } from "zod";
import { toSeconds } from "../../../shared/clock.ts";
import { settings } from "../../../shared/config/settings.ts";
import { deliverByHttp } from "./http-delivery.ts";
import { MisconfiguredChannel, type Notifier } from "./notifier.ts";
import { isoSeconds } from "./render/time.ts";
import { secretName, secretReference, secretUrl, secretValue } from "./secret.ts";
import { signWebhook, webhookSecrets, webhookSecretWords } from "./sign-webhook.ts";

const webhookSettings = settings({ url: secretReference, secret: secretReference });

/**
 * A webhook signed as Standard Webhooks say. Its body is the message as it is (`messageSchema` in
 * shared/contract/alerting/message.ts), below `data`.
 */
export const webhook: Notifier<z.infer<typeof webhookSettings>> = {
  kind: "webhook",
  settings: webhookSettings,
  async send(message, { url, secret }, context) {
    const target = secretUrl(url, context.secrets);
    const secrets = webhookSecrets(secretValue(secret, context.secrets));
    if (secrets === null) {
      throw new MisconfiguredChannel(`${secretName(secret)} is not ${webhookSecretWords}`);
    }
    const body = JSON.stringify({
      type: `incident.${message.kind}`,
      timestamp: isoSeconds(message.at),
      data: message,
    });
    const id = webhookId(message.idempotencyKey);
    const signature = await signWebhook(id, toSeconds(context.clock.now()), body, secrets);
    const headers = { ...signature, "Content-Type": "application/json" };
    return deliverByHttp({ url: target, headers, body }, context, {
      success: () => ({ ok: true, receipt: id }),
    });
  },
};

/** An id has no full stop, which parts what is signed, and nothing that a header cannot hold. */
function webhookId(idempotencyKey: string): string {
  return encodeURIComponent(idempotencyKey.toWellFormed()).replaceAll(".", "%2E");
}
