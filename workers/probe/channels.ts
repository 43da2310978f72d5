/** The channels through which people are told: those of the environment, by name. */
import { describeError, log } from "../../shared/log.ts";
import type { Env } from "./env.ts";
import {
  type ChannelOff,
  type DefaultChannels,
  readDefaultChannels,
} from "./notifiers/environment.ts";
import type { ChannelSecrets } from "./notifiers/notifier.ts";
import type { Channel } from "./notifiers/registry.ts";
import { channelSecretsOf } from "./notifiers/secret.ts";

/** What can be told, and what cannot. */
export interface Channels {
  readonly channels: ReadonlyMap<string, Channel>;
  /** Those whose settings are not there: a feature that is not wanted. */
  readonly off: readonly ChannelOff[];
  /** Those whose settings are malformed: what is due waits until they are put right. */
  readonly broken: readonly ChannelOff[];
  /** The Worker's settings by name; each channel takes those that it names. */
  readonly secrets: ChannelSecrets;
  /** What is malformed: names settings, never a value. Null: nothing is. */
  readonly fault: string | null;
}

/**
 * Reads the channels. It never throws: a malformed setting breaks the channels that need it, and no
 * other.
 */
export function channelsOf(env: Env): Channels {
  const secrets = channelSecretsOf(env);
  const settings = [...secrets];
  const read = (those: readonly (readonly [string, string])[]): DefaultChannels | string => {
    try {
      return readDefaultChannels(Object.fromEntries(those));
    } catch (error) {
      return error instanceof Error ? error.message : describeError(error);
    }
  };
  const all = read(settings);
  if (typeof all !== "string") return { ...all, broken: [], secrets, fault: null };
  const alone = settings.filter((one) => typeof read([one]) !== "string");
  // What is well-formed by itself and wrong with the rest are the settings of mail.
  const rest = typeof read(alone) === "string" ? alone.filter(([name]) => !isOfMail(name)) : alone;
  const found = read(rest);
  if (typeof found === "string") {
    return { channels: new Map(), off: [], broken: [], secrets, fault: all };
  }
  const kept = new Set(rest.map(([name]) => name));
  const left = settings.flatMap(([name]) => (kept.has(name) ? [] : name));
  const isBroken = ({ because }: ChannelOff) => left.some((name) => because.includes(name));
  return {
    channels: found.channels,
    off: found.off.filter((one) => !isBroken(one)),
    broken: found.off.filter(isBroken).map(({ name }) => ({ name, because: all })),
    secrets,
    fault: all,
  };
}

function isOfMail(name: string): boolean {
  return name.startsWith("SMTP_");
}

/** Says once, when an isolate begins, which channels there are and which are off. */
export function logChannels({ channels, off, broken, fault }: Channels): void {
  log(fault !== null ? "error" : "info", "channels", {
    on: [...channels.keys()],
    off: off.map(({ name, because }) => `${name}: ${because}`),
    ...(fault !== null && { broken: broken.map(({ name }) => name), fault }),
  });
}
