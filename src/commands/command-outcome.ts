import { PlayheadError } from '../domain/errors.js';
import type { EventToAppend } from '../ports/event-store.js';

/** `isDuplicate`: the command led to no event. The position is that of the stream's last event. */
interface Done<State> {
  readonly kind: 'done';
  readonly isDuplicate: boolean;
  /** True for a duplicate by its id that says something else than the stored event. */
  readonly isConflicting: boolean;
  readonly position: number;
  /** The stream's state after all commands that were decided together. */
  readonly state: State;
  /** The stream's states before and after this command. */
  readonly own: OwnStates<State>;
}

interface OwnStates<State> {
  readonly before: State;
  readonly after: State;
}

/** The outcome of one command. */
export type CommandOutcome<State = unknown> =
  Done<State> | { readonly kind: 'refused'; readonly error: PlayheadError };

interface Verdict<State> {
  readonly isDuplicate: boolean;
  readonly own: OwnStates<State>;
  readonly isConflicting: boolean | undefined;
}

/** The events that follow from some commands, and a verdict on each command. */
export interface Decision<State> {
  readonly events: readonly EventToAppend[];
  readonly state: State;
  readonly verdicts: readonly (Verdict<State> | { error: PlayheadError })[];
}

export function settle<State>(
  { state, verdicts }: Decision<State>,
  position: number,
): readonly CommandOutcome<State>[] {
  return verdicts.map((verdict) =>
    'error' in verdict
      ? { kind: 'refused', error: verdict.error }
      : {
          kind: 'done',
          ...verdict,
          isConflicting: verdict.isConflicting === true,
          position,
          state,
        },
  );
}

export const refusal = (error: unknown): CommandOutcome<never> => ({
  kind: 'refused',
  error: asPlayheadError(error),
});

export const unavailable = (cause: unknown): PlayheadError =>
  Object.assign(
    new PlayheadError('STORE_UNAVAILABLE', 'the event store did not confirm the append'),
    { cause },
  );

export function asPlayheadError(error: unknown): PlayheadError {
  if (error instanceof PlayheadError) return error;
  return Object.assign(new PlayheadError('INTERNAL', 'the command failed'), { cause: error });
}

/** Returns the outcome of a single command, or throws the error that refused it. */
export function doneOf<State>([outcome]: readonly CommandOutcome<State>[]): Done<State> {
  if (outcome === undefined) throw new PlayheadError('INTERNAL', 'the command has no outcome');
  if (outcome.kind === 'refused') throw outcome.error;
  return outcome;
}
