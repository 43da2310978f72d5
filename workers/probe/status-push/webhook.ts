/**
 * A webhook that is sent the public state whenever it changes, signed as Standard Webhooks say. The
 * whole state, so that one that was not delivered is not missed.
 */
import { toSeconds } from "../../../shared/clock.ts";
import { instant, instantOrNull } from "../../../shared/instant.ts";
import type { PublicState } from "../../../shared/measure/public-state.ts";
import type { StatusPush } from "../../../shared/storage/exports-status.ts";
import { askService } from "../exporters/ask-service.ts";
import { failureOfAnswer } from "../exporters/failure.ts";
import { signWebhook } from "../notifiers/sign-webhook.ts";
import type { StatusPage } from "./status-page.ts";

const name = "status-webhook";

/** What it is sent as `data`, but for the time. */
export function webhookState({ monitors, incidents }: PublicState) {
  return {
    monitors: monitors.map(({ id, name: title, group, status, maintenance }) => {
      return { id, name: title, group, status, maintenance };
    }),
    incidents: incidents
      .filter(({ endedAt }) => endedAt === null)
      .map((one) => ({
        number: one.number,
        title: one.title,
        severity: one.severity,
        startedAt: instant(one.startedAt),
        endedAt: instantOrNull(one.endedAt),
        monitors: one.monitors.map(({ id }) => id),
        updates: one.updates.map(({ at, text }) => ({ at: instant(at), text })),
      })),
  };
}

/** @param secrets of Standard Webhooks, one or two */
export function statusWebhook(url: URL, secrets: readonly string[]): StatusPage {
  return {
    name,
    isBehind: (state, told) => own(told)?.digest !== JSON.stringify(webhookState(state)),
    push: async (state, told, context) => {
      const now = toSeconds(context.clock.now());
      const before = own(told);
      const data = webhookState(state);
      const digest = JSON.stringify(data);
      // The same for as long as it has not arrived and nothing has changed, and for no other.
      const id = `status-${before?.toldAt ?? 0}-${await shortDigest(digest)}`;
      const body = JSON.stringify({
        type: "status.changed",
        timestamp: instant(state.at),
        data: { asOf: instant(state.at), ...data },
      });
      const headers = {
        ...(await signWebhook(id, now, body, secrets)),
        "Content-Type": "application/json",
      };
      const answer = await askService({ method: "POST", url, headers, body }, context);
      const arrived = answer.kind === "answer" && answer.status >= 200 && answer.status < 300;
      if (!arrived) {
        return { told: 0, requests: 1, left: true, failure: failureOfAnswer(answer) };
      }
      await context.keep({
        ...{ service: name, kind: "state", key: "", remote: null, digest },
        ...{ updates: 0, triedAt: now, toldAt: now, done: false },
      });
      return { told: 1, requests: 1, left: false, failure: null };
    },
  };
}

function own(told: readonly StatusPush[]): StatusPush | undefined {
  return told.find(({ kind }) => kind === "state");
}

async function shortDigest(text: string): Promise<string> {
  const bytes = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
  );
  return [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
