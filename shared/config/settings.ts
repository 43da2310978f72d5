import { z } from "zod";

/** An object with these settings and no others, whose mistakes name those allowed. */
export function settings<const Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `no such setting: ${issue.keys.join(", ")}; allowed: ${Object.keys(shape).join(", ")}`
        : undefined,
  });
}
