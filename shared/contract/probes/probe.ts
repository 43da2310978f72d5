import { z } from "zod";
import type { Probe } from "../../domain/probes/probe.ts";
import { httpProbeSchema } from "./http.ts";

/** One line for each kind of probe. */
export const probeSchema = z.discriminatedUnion("kind", [
  httpProbeSchema,
]) satisfies z.ZodType<Probe>;
