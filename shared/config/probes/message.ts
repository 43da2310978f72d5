import { z } from "zod";
import { templateProblem } from "../../template.ts";

/**
 * What is sent over a connection: text in which references to secrets may stand.
 *
 * @param most characters
 */
export function messageField(most: number) {
  return z
    .string()
    .min(1)
    .max(most)
    .superRefine((text, context) => {
      const message = templateProblem(text, new Set());
      if (message !== null) context.addIssue({ code: "custom", message });
    });
}
