import { z } from "zod";
import type { LogIds } from "./log.ts";

const id = z.string().min(1).max(100).optional();
const idsSchema = z.object({ tick: id, requestId: id }).catch({});

/** The ids that a caller from another Worker or object gave along; what is none is left out. */
export function parseLogIds(input: unknown): LogIds {
  const { tick, requestId } = idsSchema.parse(input);
  return { ...(tick !== undefined && { tick }), ...(requestId !== undefined && { requestId }) };
}

/** A tick's id. @param minute epoch seconds */
export function tickId(minute: number): string {
  return `${minute}-${crypto.randomUUID().slice(0, 6)}`;
}
