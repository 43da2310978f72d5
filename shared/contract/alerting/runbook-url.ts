/** The setting that says where runbooks are; both Workers link to them. */
import { z } from "zod";

export const runbookUrlSchema = z
  .url({ protocol: /^https?$/, error: "an http(s) URL" })
  .optional()
  .meta({
    description:
      "Where the pages of docs/runbooks are: alerts link to `<RUNBOOK_URL>/<rule>.md`, unless the rule has a runbook of its own; without it only such rules link to one",
    example: "https://github.com/netpost/monitoring/blob/main/docs/runbooks",
  });
