import type { DomainEvent, Recorded } from './event.js';

/**
 * The theory of one kind of stream. `decide` turns a command into the events that follow from it:
 * none for a repetition; it throws PlayheadError if a rule forbids the command. `evolve` returns
 * the state after an event. Both are pure: time, ids and randomness come in with the command.
 */
export interface Decider<
  State,
  Command,
  Event extends DomainEvent,
  Stored extends DomainEvent = Event,
> {
  readonly initialState: State;
  decide(state: State, command: Command): readonly Event[];
  evolve(state: State, event: Recorded<Stored>): State;
}

/**
 * A node's memory of commands that led to no event. It makes the next decisions better and may be
 * lost at any time, so that nothing may depend on it.
 */
export interface Memory<State, Command> {
  /** Returns the state after a command that led to no event. */
  after(state: State, command: Command): State;
  /** Returns a state from the log, with what was remembered beside an older one. */
  merged(state: State, known: State): State;
}
