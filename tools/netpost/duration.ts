const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
] as const;

/** A time span for people, in its one or two largest units: `3 d 4 h`, `12 min`, `45 s`. */
export function spanOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  for (const [index, [unit, length]] of units.entries()) {
    if (whole < length) continue;
    const [smaller, small] = units[index + 1] ?? ["s", 1];
    const rest = Math.floor((whole % length) / small);
    const first = `${Math.floor(whole / length)} ${unit}`;
    return rest === 0 ? first : `${first} ${rest} ${smaller}`;
  }
  return `${whole} s`;
}

/** How long ago something was. */
export function sinceOf(instant: string, nowMs: number): string {
  return spanOf((nowMs - Date.parse(instant)) / 1000);
}
