/** What a module of blackbox_exporter says over a connection: `query_response`. */
import { z } from "zod";
import { given, type Notes, some } from "./imported.ts";

/** Bytes, as `!!binary` in YAML, are no text: they are not carried over. */
const said = z.union([z.string(), z.instanceof(Uint8Array)]);

const step = z.looseObject({
  send: said.optional(),
  expect: z.string().optional(),
  expect_bytes: said.optional(),
});

export const dialogueSchema = z.array(step).nullish();

type Dialogue = z.output<typeof dialogueSchema>;

/**
 * The first texts that are sent before an answer is awaited, and that answer: all that one probe of
 * ours can say and hear. Whatever comes after is noted.
 *
 * @param field how the module names it
 * @param lineEnd what the exporter adds to every text
 */
export function dialogueOf(
  dialogue: Dialogue,
  field: string,
  lineEnd: string,
  notes: Notes,
): Record<string, unknown> {
  const steps = dialogue ?? [];
  const awaits = steps.findIndex(({ expect, expect_bytes }) => (expect ?? expect_bytes) != null);
  const before = awaits < 0 ? steps : steps.slice(0, awaits);
  const sent = before.map(({ send }) => send).filter((send) => send !== undefined);
  const texts = sent.filter((send) => typeof send === "string");
  if (texts.length < sent.length) notes.lost(field, "bytes that are no text cannot be sent");
  const isWhole = texts.length === sent.length;
  const { expect, expect_bytes: bytes } = steps[awaits] ?? {};
  const plain = typeof bytes === "string" && bytes !== "" ? bytes : null;
  const awaited = expect === undefined ? plain : literalIn(expect);
  if (awaits >= 0 && isWhole && awaited === null) {
    notes.lost(field, "only a plain text can be awaited");
  }
  // A step that awaits and sends does so in this order.
  const isMore = awaits >= 0 && (awaits < steps.length - 1 || steps[awaits]?.send !== undefined);
  if (isMore) notes.lost(field, "nothing is said after the first answer");
  // An answer to what was not sent would never come.
  if (!isWhole) return {};
  return {
    ...given({ send: texts.length > 0 ? texts.map((one) => one + lineEnd).join("") : undefined }),
    ...some("expect", { contains: awaited ?? undefined }),
  };
}

/** The text that a regular expression looks for, where it is plain; an anchor at its start is dropped. */
export function literalIn(regexp: string): string | null {
  const body = regexp.replace(/^\^/, "").replaceAll(/\\([^\w\s])/g, "\ue000$1");
  const plain = body.replaceAll(/\ue000./g, "");
  if (/[*?()[\]{}|\\^$]/.test(plain) || /[^^]\+/.test(` ${plain}`.slice(1))) return null;
  return body.replaceAll("\ue000", "") || null;
}
