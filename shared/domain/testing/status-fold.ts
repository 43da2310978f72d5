/** Folds verdicts into a status, as recording does check by check. */
import {
  advance,
  type Debounce,
  initialState,
  type Status,
  type StatusState,
  type Transition,
} from "../status.ts";

export interface Fold {
  readonly state: StatusState;
  readonly transitions: readonly Transition[];
  /** The status after each verdict. */
  readonly statuses: readonly Status[];
}

/** Folds verdicts; the check of the nth is at second n. */
export function fold(verdicts: readonly Status[], debounce: Debounce): Fold {
  let state = initialState(0);
  const transitions: Transition[] = [];
  const after: Status[] = [];
  verdicts.forEach((verdict, at) => {
    const step = advance(state, verdict, at, debounce);
    state = step.state;
    if (step.transition) transitions.push(step.transition);
    after.push(state.status);
  });
  return { state, transitions, statuses: after };
}
