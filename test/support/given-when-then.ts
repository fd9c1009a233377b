import type { Decider } from '../../src/domain/decider.js';
import { PlayheadError, type ErrorCode } from '../../src/domain/errors.js';
import type { DomainEvent, Recorded } from '../../src/domain/event.js';

/** What happened in one stream, told by the commands that led to it. */
export class Story<State, Command, Event extends DomainEvent> {
  constructor(
    private readonly decider: Decider<State, Command, Event>,
    readonly state: State = decider.initialState,
    /** In the order of their recording. */
    readonly events: readonly Recorded<Event>[] = [],
    private readonly ticks = 0,
  ) {}

  /** Carries out commands in their order; each takes a tick, in which its events are recorded. */
  given(...commands: readonly Command[]): Story<State, Command, Event> {
    let { state, ticks } = this;
    const events = [...this.events];
    for (const command of commands) {
      ticks += 1;
      for (const decided of this.decider.decide(state, command)) {
        const event = { ...decided, recordedAt: ticks };
        events.push(event);
        state = this.decider.evolve(state, event);
      }
    }
    return new Story(this.decider, state, events, ticks);
  }

  /** Decides one more command; its outcome is stated by what `then` is called. */
  when(command: Command): Outcome<Event> {
    try {
      return new Outcome(this.decider.decide(this.state, command), undefined);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return new Outcome<Event>([], error);
    }
  }
}

/** The outcome of a command, to be compared. */
export class Outcome<Event extends DomainEvent> {
  constructor(
    private readonly events: readonly Event[],
    private readonly error: Error | undefined,
  ) {}

  /** Exactly this event, with nothing more in it. */
  thenExactly(event: Event): void {
    expect(this.decided()).toStrictEqual([event]);
  }

  /** One event of a type, whose data hold at least these; `undefined` means left out. */
  then(type: Event['type'], data: Readonly<Record<string, unknown>> = {}): void {
    const [event, ...more] = this.decided();
    expect(more).toEqual([]);
    expect(event?.type).toBe(type);
    const found: Readonly<Record<string, unknown>> = { ...event?.data };
    const asked = Object.keys(data).map((name) => [name, found[name]] as const);
    expect(Object.fromEntries(asked)).toEqual(data);
  }

  thenNothing(): void {
    expect(this.decided()).toEqual([]);
  }

  thenRefused(code: ErrorCode, message: string): void {
    expect(this.error).toBeInstanceOf(PlayheadError);
    expect(this.error).toMatchObject({ code });
    expect(String(this.error)).toContain(message);
  }

  private decided(): readonly Event[] {
    if (this.error !== undefined) throw this.error;
    return this.events;
  }
}
