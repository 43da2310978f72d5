/**
 * Atlassian Statuspage: https://developer.statuspage.io. It takes one request a second, over a minute,
 * so that a tick makes a few, one after the other, and the next goes on.
 */

import { z } from "zod";
import { toSeconds } from "../../../shared/clock.ts";
import { outsideBounds } from "../../../shared/domain/outside-bounds.ts";
import type { StatusPush } from "../../../shared/storage/exports-status.ts";
import { askService, type ServiceAnswer } from "../exporters/ask-service.ts";
import { failureOfAnswer, type ServiceFailure } from "../exporters/failure.ts";
import { below } from "../notifiers/secret.ts";
import type { MappedComponent } from "./settings.ts";
import type { PushContext, StatusPage } from "./status-page.ts";
import { bodyOf, digestOf, type PushStep, stepsOf } from "./statuspage-plan.ts";

/** Of one tick. */
export const mostRequests = outsideBounds.statuspageRequests;

export interface StatuspageSettings {
  readonly apiUrl: string;
  readonly key: string;
  readonly page: string;
  readonly components: readonly MappedComponent[];
}

const name = "statuspage";

/** A page that is told by Statuspage's API. */
export function statuspage(settings: StatuspageSettings): StatusPage {
  return {
    name,
    isBehind: (state, told) => stepsOf(state, settings.components, told).length > 0,
    push: async (state, told, context) => {
      const page = new Page(settings, context);
      const steps = stepsOf(state, settings.components, told);
      let done = 0;
      let failure: ServiceFailure | null = null;
      for (const step of steps) {
        // An incident takes two where it may be there already.
        if (page.requests + 2 > mostRequests) break;
        const failed = await page.tell(step);
        if (failed === null) done += 1;
        else {
          failure = failed;
          // These are about one thing; others would only be repeated by the next.
          if (failed.reason !== "rejected" && failed.reason !== "not-found") break;
        }
      }
      const left = done < steps.length;
      return { told: done, requests: page.requests, left, failure };
    },
  };
}

const createdSchema = z.looseObject({ id: z.string().min(1) });
const listSchema = z.array(
  z.looseObject({
    id: z.string().min(1),
    metadata: z.unknown(),
  }),
);
const metadataSchema = z.looseObject({ netpost: z.looseObject({ incident: z.string() }) });

/** One tick's work on a page. */
class Page {
  readonly #settings: StatuspageSettings;
  readonly #context: PushContext;
  requests = 0;

  constructor(settings: StatuspageSettings, context: PushContext) {
    this.#settings = settings;
    this.#context = context;
  }

  /** Tells one thing; null, or why that failed. */
  async tell(step: PushStep): Promise<ServiceFailure | null> {
    switch (step.kind) {
      case "component":
        return this.#tellComponent(step.id, step.status);
      case "withdraw":
        return this.#withdraw(step.row);
      case "incident":
        return step.row?.remote == null ? this.#create(step) : this.#update(step, step.row);
    }
  }

  async #tellComponent(id: string, status: string): Promise<ServiceFailure | null> {
    const answer = await this.#ask("PATCH", `components/${id}`, { component: { status } });
    const failure = failureUnlessSuccess(answer);
    const now = this.#now();
    const row = { ...blank("component", id, now), remote: id, digest: status };
    if (failure === null) await this.#context.keep({ ...row, toldAt: now });
    // Refused for good: not repeated until it changes.
    else if (failure.reason === "rejected") await this.#context.keep(row);
    return failure;
  }

  /**
   * That it begins is kept before, and the incident carries our key: after a death in between it is
   * looked for, and not made a second time.
   */
  async #create(step: Extract<PushStep, { kind: "incident" }>): Promise<ServiceFailure | null> {
    const { key, row, state, updates } = step;
    if (row !== null) {
      const found = await this.#find(key);
      if ("reason" in found) return found;
      if (found.remote !== null) {
        const known = { ...row, remote: found.remote };
        await this.#context.keep(known);
        return this.#update({ ...step, row: known }, known);
      }
      if (state.status === "resolved") {
        await this.#context.keep({ ...row, done: true, toldAt: this.#now() });
        return null;
      }
    }
    const begun = { ...blank("incident", key, this.#now()), updates: updates.length };
    await this.#context.keep(begun);
    const answer = await this.#ask("POST", "incidents", {
      incident: {
        ...state,
        body: bodyOf(step, true),
        metadata: { netpost: { incident: key } },
      },
    });
    const failure = failureUnlessSuccess(answer);
    if (failure !== null) return failure;
    const created = createdSchema.safeParse(answer.kind === "answer" ? answer.json : undefined);
    if (!created.success) {
      return {
        reason: "rejected",
        detail: "no id of an incident in the answer",
        waitSeconds: null,
      };
    }
    const told = { digest: digestOf(state), remote: created.data.id, toldAt: this.#now() };
    await this.#context.keep({ ...begun, ...told });
    return null;
  }

  async #update(
    step: Extract<PushStep, { kind: "incident" }>,
    row: StatusPush,
  ): Promise<ServiceFailure | null> {
    const { state, updates } = step;
    const done = state.status === "resolved";
    const body = bodyOf(step, false);
    return this.#patch(
      row,
      { ...state, ...(body !== null && { body }) },
      {
        ...row,
        digest: digestOf(state),
        updates: updates.length,
        done,
      },
    );
  }

  async #withdraw(row: StatusPush): Promise<ServiceFailure | null> {
    const over = { ...row, done: true };
    let { remote } = row;
    if (remote === null) {
      const found = await this.#find(row.key);
      if ("reason" in found) return found;
      ({ remote } = found);
    }
    if (remote === null) {
      await this.#context.keep({ ...over, toldAt: this.#now() });
      return null;
    }
    const body = "This incident is closed: it is no longer handled on its own.";
    const known = { ...row, remote };
    return this.#patch(known, { status: "resolved", body }, { ...known, done: true });
  }

  async #patch(
    before: StatusPush,
    incident: object,
    after: StatusPush,
  ): Promise<ServiceFailure | null> {
    const path = `incidents/${encodeURIComponent(before.remote ?? "")}`;
    const failure = failureUnlessSuccess(await this.#ask("PATCH", path, { incident }));
    const now = this.#now();
    // Somebody deleted it there: it stays deleted.
    if (failure?.reason === "not-found") {
      await this.#context.keep({ ...before, done: true, triedAt: now, toldAt: now });
      return null;
    }
    if (failure === null) await this.#context.keep({ ...after, triedAt: now, toldAt: now });
    else if (failure.reason === "rejected") await this.#context.keep({ ...after, triedAt: now });
    return failure;
  }

  /** The incident that carries a key, among the page's newest hundred. */
  async #find(key: string): Promise<{ readonly remote: string | null } | ServiceFailure> {
    const answer = await this.#ask("GET", "incidents?limit=100");
    const failure = failureUnlessSuccess(answer);
    if (failure !== null) return failure;
    const listed = listSchema.safeParse(answer.kind === "answer" ? answer.json : undefined);
    if (!listed.success) {
      return {
        reason: "rejected",
        detail: "no list of incidents in the answer",
        waitSeconds: null,
      };
    }
    const own = listed.data.find(
      ({ metadata }) => metadataSchema.safeParse(metadata).data?.netpost.incident === key,
    );
    return { remote: own?.id ?? null };
  }

  #ask(method: "GET" | "POST" | "PATCH", path: string, body?: object): Promise<ServiceAnswer> {
    const { apiUrl, page, key } = this.#settings;
    this.requests += 1;
    return askService(
      {
        method,
        url: below(apiUrl, `v1/pages/${page}/${path}`),
        headers: { Authorization: `OAuth ${key}`, "Content-Type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
      this.#context,
    );
  }

  #now(): number {
    return toSeconds(this.#context.clock.now());
  }
}

function blank(kind: StatusPush["kind"], key: string, now: number): StatusPush {
  return {
    ...{ service: name, kind, key, remote: null, digest: null, updates: 0 },
    ...{ triedAt: now, toldAt: null, done: false },
  };
}

function failureUnlessSuccess(answer: ServiceAnswer): ServiceFailure | null {
  const isSuccess = answer.kind === "answer" && answer.status >= 200 && answer.status < 300;
  return isSuccess ? null : failureOfAnswer(answer);
}
