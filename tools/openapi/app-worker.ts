/** The api's application, for reading what its routes declare; nothing is ever asked of it. */
export { scopeOf } from "../../workers/api/access.ts";

import { createApp } from "../../workers/api/app.ts";

export const app = createApp({ now: () => 0, sleep: () => Promise.resolve() });
