/** /api/monitoring/maintenance: planned time, declared, changed and ended by operators. */
import { z } from "zod";
import { maintenanceKinds } from "../../domain/maintenance.ts";
import { nextCursorSchema } from "./authored.ts";
import { instantSchema } from "./common.ts";
import { onceMessage } from "./query.ts";

const text = (longest: number) =>
  z
    .string(`1 to ${longest} characters`)
    .trim()
    .min(1, `1 to ${longest} characters`)
    .max(longest, `1 to ${longest} characters`);

const nameSchema = text(100);
const reasonSchema = text(500).nullable();

const momentMessage = "an ISO 8601 date and time with Z or an offset";

/** Epoch seconds, parts of a second dropped. */
const moment = z.iso
  .datetime({ offset: true, error: momentMessage })
  .transform((value) => Math.floor(Date.parse(value) / 1000));

const list = (what: string) =>
  z
    .array(text(200), `a list of ${what}`)
    .min(1, `at least one of the ${what}`)
    .max(500, `at most 500 ${what}`);

const selectorMessage =
  'one of { "kind": "all" }, { "kind": "monitors", "ids": […] }, { "kind": "groups", "names": […] }, { "kind": "tags", "tags": […] }';

export const selectorSchema = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("all") }),
    z.strictObject({ kind: z.literal("monitors"), ids: list("monitors' ids") }),
    z.strictObject({ kind: z.literal("groups"), names: list("groups' names") }),
    z.strictObject({ kind: z.literal("tags"), tags: list("tags") }),
  ],
  selectorMessage,
);

const timingMessage =
  'one of { "kind": "once", "from": …, "to": … }, { "kind": "recurring", "cron": …, "timeZone": …, "durationMinutes": … }';
const minutesMessage = "a whole number of minutes, 1 to 1440";

const minutes = z.int(minutesMessage).min(1, minutesMessage).max(1_440, minutesMessage);

/** Cron expression and zone are checked by the api, which can parse them. */
export const timingSchema = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("once"), from: moment, to: moment }),
    z.strictObject({
      kind: z.literal("recurring"),
      cron: z.string("a cron expression, for example 0 2 * * 0"),
      timeZone: z.string("an IANA time zone, for example UTC or Europe/Berlin").default("UTC"),
      durationMinutes: minutes,
    }),
  ],
  timingMessage,
);

export type TimingInput = z.output<typeof timingSchema>;

export const createMaintenanceSchema = z.strictObject({
  kind: z.enum(maintenanceKinds, "maintenance or exclusion").default("maintenance"),
  name: nameSchema,
  reason: reasonSchema.default(null),
  selector: selectorSchema.default({ kind: "all" }),
  timing: timingSchema,
  startsAt: moment
    .optional()
    .meta({ description: "Of a recurring one: from when on; now if left out" }),
  endsAt: moment.nullable().default(null).meta({
    description: "Of a recurring one: until when; null: no end",
  }),
});

export type CreateMaintenance = z.output<typeof createMaintenanceSchema>;

export const changeMaintenanceSchema = z.strictObject({
  name: nameSchema.optional(),
  reason: reasonSchema.optional(),
  selector: selectorSchema.optional(),
  timing: timingSchema.optional(),
  endsAt: moment.nullable().optional(),
});

export type ChangeMaintenance = z.output<typeof changeMaintenanceSchema>;

const numberMessage = "the number of a maintenance window";
export const maintenanceParamsSchema = z.object({
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, numberMessage)
    .transform(Number)
    .meta({ description: "Its number" }),
});

export const maintenanceStates = ["active", "upcoming", "over"] as const;

const limitMessage = "a whole number, 1 to 100";
const cursorMessage = "the nextCursor of an earlier answer";
const digits = (message: string) =>
  z.string({ error: onceMessage(message) }).regex(/^\d{1,15}$/, message);

export const maintenanceQuerySchema = z.strictObject({
  state: z
    .enum(["current", "all"], { error: onceMessage("current or all") })
    .default("current")
    .meta({ description: "current: active or upcoming; all: whatever there ever was" }),
  limit: digits(limitMessage)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 100, limitMessage)
    .default(20),
  cursor: digits(cursorMessage).transform(Number).optional(),
});

export const withdrawQuerySchema = z.strictObject({
  withdraw: z
    .enum(["true", "false"], { error: onceMessage("true or false") })
    .optional()
    .transform((value) => value === "true")
    .meta({ description: "Take it back as though it had never been: this alters the past" }),
});

const occurrenceSchema = z.object({ from: instantSchema, to: instantSchema });

const shownSelectorSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("all") }),
  z.object({ kind: z.literal("monitors"), ids: z.array(z.string()) }),
  z.object({ kind: z.literal("groups"), names: z.array(z.string()) }),
  z.object({ kind: z.literal("tags"), tags: z.array(z.string()) }),
]);

const shownTimingSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("once"), from: instantSchema, to: instantSchema }),
  z.object({
    kind: z.literal("recurring"),
    cron: z.string(),
    timeZone: z.string(),
    durationMinutes: z.number(),
  }),
]);

export const maintenanceWindowSchema = z.object({
  id: z.int(),
  kind: z.enum(maintenanceKinds).meta({
    description: "Both are left out of the SLA; only maintenance mutes",
  }),
  name: z.string(),
  reason: z.string().nullable(),
  state: z.enum(maintenanceStates),
  selector: shownSelectorSchema,
  timing: shownTimingSchema,
  startsAt: instantSchema.nullable().meta({ description: "Since when what is shown holds" }),
  endsAt: instantSchema.nullable().meta({ description: "Null: no end" }),
  active: occurrenceSchema.nullable().meta({ description: "The occurrence in force now" }),
  upcoming: z.array(occurrenceSchema).meta({ description: "The next ones, at most five" }),
  createdAt: instantSchema,
  createdBy: z.string(),
  cancelledAt: instantSchema.nullable(),
  withdrawnAt: instantSchema.nullable(),
});

export type MaintenanceDocument = z.infer<typeof maintenanceWindowSchema>;

export const maintenanceListSchema = z.object({
  windows: z.array(maintenanceWindowSchema),
  nextCursor: nextCursorSchema,
});

export const singleMaintenanceSchema = z.object({ window: maintenanceWindowSchema });
