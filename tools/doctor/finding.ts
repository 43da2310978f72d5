/** One thing that was looked at: a line for people. */
export type State = "ok" | "warn" | "bad";

export interface Finding {
  readonly area: string;
  readonly state: State;
  readonly what: string;
  /** What to do about it; null where nothing is to be done. */
  readonly mend: string | null;
}

/** A writer of findings of one area. */
export function findingsOf(area: string) {
  return {
    ok: (what: string): Finding => ({ area, state: "ok", what, mend: null }),
    warn: (what: string, mend: string): Finding => ({ area, state: "warn", what, mend }),
    bad: (what: string, mend: string): Finding => ({ area, state: "bad", what, mend }),
  };
}

/** All findings, one line each, and what it comes to. */
export function renderFindings(findings: readonly Finding[], who: string): string {
  const width = Math.max(...findings.map(({ area }) => area.length));
  const lines = findings.map(({ area, state, what, mend }) => {
    const line = `${state.padEnd(4)}  ${area.padEnd(width)}  ${what}`;
    return mend === null ? line : `${line}. ${mend}`;
  });
  const count = (state: State) => findings.filter((finding) => finding.state === state).length;
  return [
    ...lines,
    "",
    `${who}: ${count("ok")} ok, ${count("warn")} to look at, ${count("bad")} to mend.`,
  ].join("\n");
}
