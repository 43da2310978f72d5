import { z } from "zod";

/** Named by NetPost for checks of others beside our own. They are not read yet: nothing uses these. */
export const reservedVantagePointSettingsSchema = z.object({
  PINGDOM_API_KEY: z.string().optional().meta({
    description: "Reserved for Pingdom's checks as further vantage points; not read",
    example: "a token of Pingdom's API 3.1 that may read",
    secret: true,
  }),
  UPTIMEROBOT_API_KEY: z.string().optional().meta({
    description: "Reserved for UptimeRobot's monitors as further vantage points; not read",
    example: "a read-only key of UptimeRobot",
    secret: true,
  }),
});
