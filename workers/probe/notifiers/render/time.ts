/** Epoch seconds as `2026-11-23 18:45:00 UTC`. */
export function utc(seconds: number): string {
  return `${isoSeconds(seconds).slice(0, 19).replace("T", " ")} UTC`;
}

/** Epoch seconds as ISO 8601: `2026-11-23T18:45:00Z`. */
export function isoSeconds(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

/** A span in its two largest units: `2 d 3 h`, `12 min 5 s`, `40 s`. */
export function spanWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3_600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}
