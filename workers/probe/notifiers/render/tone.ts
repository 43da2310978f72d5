import type { Tone } from "./outline.ts";

/** A sign before the headline; the words say the same. */
export const toneSigns: Readonly<Record<Tone, string>> = {
  critical: "🔴",
  warning: "🟠",
  info: "🔵",
  good: "🟢",
};

/** RGB, as a number; legible on light and on dark ground. */
export const toneColors: Readonly<Record<Tone, number>> = {
  critical: 0xd9_2d_20,
  warning: 0xdc_68_03,
  info: 0x15_70_ef,
  good: 0x07_94_55,
};
