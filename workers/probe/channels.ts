/** The channels through which people are told: those of the environment, by name. */
import { describeError, log } from "../../shared/log.ts";
import type { Env } from "./env.ts";
import { type ChannelOff, readDefaultChannels } from "./notifiers/environment.ts";
import type { ChannelSecrets } from "./notifiers/notifier.ts";
import type { Channel } from "./notifiers/registry.ts";

/** What can be told, and what cannot. */
export interface Channels {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly off: readonly ChannelOff[];
  /** The Worker's settings by name; each channel takes those that it names. */
  readonly secrets: ChannelSecrets;
  /** Why no setting could be read; null where they could. Names settings, never a value. */
  readonly fault: string | null;
}

/** Reads the channels. It never throws: what is malformed is told, and nothing is sent meanwhile. */
export function channelsOf(env: Env): Channels {
  const secrets = new Map(
    Object.entries(env).flatMap(([name, value]): [string, string][] =>
      typeof value === "string" && value !== "" ? [[name, value]] : [],
    ),
  );
  try {
    return { ...readDefaultChannels(env), secrets, fault: null };
  } catch (error) {
    return { channels: new Map(), off: [], secrets, fault: describeError(error) };
  }
}

/** Says once, when an isolate begins, which channels there are and which are off. */
export function logChannels({ channels, off, fault }: Channels): void {
  const on = [...channels.keys()];
  if (fault !== null) log("error", "channels", { fault });
  else log("info", "channels", { on, off: off.map(({ name, because }) => `${name}: ${because}`) });
}
