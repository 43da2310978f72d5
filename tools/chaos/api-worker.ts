/** The real api, at whatever time a request says it is: chaos has a clock of its own. */
import { systemClock } from "../../shared/clock.ts";
import { createApp } from "../../workers/api/app.ts";
import { keptDocuments } from "../../workers/api/reads/status-kept.ts";

/** Of a request: now, in epoch ms. */
const nowHeader = "X-Chaos-Now";

const documents = keptDocuments();

export default {
  fetch(request, env, context) {
    const now = Number(request.headers.get(nowHeader) ?? systemClock.now());
    return createApp({ ...systemClock, now: () => now }, documents).fetch(request, env, context);
  },
} satisfies ExportedHandler;
