import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Decider } from '../domain/decider.js';
import { PlayheadError } from '../domain/errors.js';
import {
  decodeEvent,
  schemaVersionOf,
  UndecodableEvent,
  type StoredData,
} from '../domain/event-codec.js';
import type { DomainEvent, Recorded } from '../domain/event.js';
import type { Clock } from '../ports/clock.js';
import type { Identity } from '../ports/identity.js';
import {
  LOG_START,
  NO_STREAM,
  type AppendOutcome,
  type EventStore,
  type EventToAppend,
  type StoredEvent,
  type StreamAppend,
} from '../ports/event-store.js';
import { writtenByNewer, type LogVocabulary } from '../ports/log-vocabulary.js';
import { StateCache, type Snapshot } from './state-cache.js';

/** Commands decided together in one append at the most. */
const APPEND_COMMANDS_MAX = 1_000;
/** Streams that are read at a time: a batch may be of many long ones, and others wait meanwhile. */
const LOADS_MAX = 4;
/** Decisions on one stream before a conflict is given up; only another node can cause any. */
const CONFLICTS_MAX = 10;
const CONFLICT_WAIT_MS_MAX = 50;
/** How long an append whose outcome is not known is sent again, and how often. */
const UNKNOWN_RETRY_MS = 10_000;
const UNKNOWN_WAIT_MS_MIN = 50;
const UNKNOWN_WAIT_MS_MAX = 1_000;

export interface StreamWriterOptions<State, Command, Event extends DomainEvent> {
  readonly decider: Decider<State, Command, Event>;
  readonly store: EventStore;
  readonly vocabulary: LogVocabulary;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly cacheWeightMax: number;
  readonly weigh: (state: State) => number;
}

/** `isDuplicate`: nothing followed from it. The position is that of the stream's last event. */
interface Done<State> {
  readonly kind: 'done';
  readonly isDuplicate: boolean;
  readonly position: number;
  /** The stream's, after what was decided together. */
  readonly state: State;
}

/** What became of one command. */
export type CommandOutcome<State = unknown> =
  Done<State> | { readonly kind: 'refused'; readonly error: PlayheadError };

interface Job<State, Command> {
  readonly commands: readonly Command[];
  readonly resolve: (outcomes: readonly CommandOutcome<State>[]) => void;
}

/**
 * Decides commands on streams and appends what follows, at the revision decided on. Each stream has
 * one queue: while its append is under way, further commands wait, and are then decided together on
 * its outcome.
 */
export class StreamWriter<State, Command, Event extends DomainEvent> {
  private readonly queues = new Map<string, Job<State, Command>[]>();
  private readonly cache: StateCache<State>;
  /** The guess about a stream that is not in the cache; a conflict tells if it is wrong. */
  private readonly unseen: Snapshot<State>;
  private readonly lanes: Promise<unknown>[] = [];
  private loads = 0;

  constructor(private readonly options: StreamWriterOptions<State, Command, Event>) {
    this.cache = new StateCache(options.cacheWeightMax, options.weigh);
    const state = options.decider.initialState;
    this.unseen = { state, revision: NO_STREAM, position: LOG_START };
  }

  /** Carries out commands on one stream in their order; one outcome for each. */
  execute(stream: string, commands: readonly Command[]): Promise<readonly CommandOutcome<State>[]> {
    return new Promise((resolve) => {
      const job = { commands, resolve };
      const queue = this.queues.get(stream);
      if (queue !== undefined) {
        queue.push(job);
        return;
      }
      const newQueue = [job];
      this.queues.set(stream, newQueue);
      void this.drain(stream, newQueue);
    });
  }

  /** Whether a stream has an event; it may get its first one meanwhile. */
  async exists(stream: string): Promise<boolean> {
    const snapshot = this.cache.get(stream) ?? (await this.load(stream));
    return snapshot.revision !== NO_STREAM;
  }

  /** Never throws: what fails is the outcome of the commands. */
  private async drain(stream: string, queue: Job<State, Command>[]): Promise<void> {
    while (queue.length > 0) {
      const jobs = queue.splice(0, jobsInOneAppend(queue));
      const commands = jobs.flatMap((job) => job.commands);
      const outcomes = await this.attempt(stream, commands).catch((error: unknown) =>
        commands.map(() => refusal(error)),
      );
      let from = 0;
      for (const job of jobs) {
        job.resolve(outcomes.slice(from, from + job.commands.length));
        from += job.commands.length;
      }
    }
    this.queues.delete(stream);
  }

  private async attempt(
    stream: string,
    commands: readonly Command[],
  ): Promise<readonly CommandOutcome<State>[]> {
    let base = this.cache.get(stream) ?? this.unseen;
    for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts += 1) {
      const decision = this.decide(base, commands);
      if (decision.events.length > 0) {
        const outcome = await this.append(stream, base, decision);
        if (outcome.kind === 'appended') return settle(decision, outcome.position);
        if (outcome.kind === 'unknown') throw unavailable(outcome.cause);
        if (conflicts > 0) await sleep(Math.random() * CONFLICT_WAIT_MS_MAX);
      } else if (base !== this.unseen) {
        return settle(decision, base.position);
      }
      base = await this.load(stream);
    }
    throw new PlayheadError('CONFLICT', 'the stream was written to by others time and again');
  }

  private decide(base: Snapshot<State>, commands: readonly Command[]): Decision<State> {
    const { decider, clock, identity } = this.options;
    const recordedAt = clock.now();
    const events: EventToAppend[] = [];
    let { state } = base;
    const verdicts = commands.map((command) => {
      try {
        const decided = decider.decide(state, command);
        for (const event of decided) {
          const { type, data } = event;
          // Not derived from the report: what is sent again has to reach the decider.
          const id = identity.uuidV4();
          const version = schemaVersionOf(type);
          events.push({ id, type, version, recordedAt, data: data as unknown as StoredData });
          state = decider.evolve(state, { ...event, recordedAt });
        }
        return { isDuplicate: decided.length === 0 };
      } catch (error) {
        return { error: asPlayheadError(error) };
      }
    });
    return { events, state, verdicts };
  }

  /** Appends until the outcome is known or given up, always the same events at the same place. */
  private async append(
    stream: string,
    base: Snapshot<State>,
    { events, state }: Decision<State>,
  ): Promise<AppendOutcome> {
    const append: StreamAppend = { stream, expectedRevision: base.revision, events };
    const deadline = performance.now() + UNKNOWN_RETRY_MS;
    for (let waitMs = UNKNOWN_WAIT_MS_MIN; ; waitMs = Math.min(2 * waitMs, UNKNOWN_WAIT_MS_MAX)) {
      const [outcome] = await this.options.store.append([append]);
      if (outcome?.kind === 'appended') {
        this.cache.set(stream, { state, revision: outcome.revision, position: outcome.position });
        return outcome;
      }
      this.cache.evict(stream);
      if (outcome?.kind === 'conflict') return outcome;
      if (performance.now() >= deadline) return { kind: 'unknown', cause: outcome?.cause };
      await sleep(waitMs);
    }
  }

  /** Takes its turn in one of a few lanes, and lets the network be looked after before. */
  private load(stream: string): Promise<Snapshot<State>> {
    const lane = this.loads % LOADS_MAX;
    this.loads += 1;
    const loaded = (this.lanes[lane] ?? Promise.resolve())
      .then(() => turn())
      .then(() => this.read(stream));
    this.lanes[lane] = loaded.catch(() => undefined);
    return loaded;
  }

  private async read(stream: string): Promise<Snapshot<State>> {
    const { decider, store } = this.options;
    const stored = await store.readStream(stream);
    let state = decider.initialState;
    for (const one of stored) {
      const event = await this.decode(one);
      if (event !== undefined) state = decider.evolve(state, event as unknown as Recorded<Event>);
    }
    const { revision, position } = stored.at(-1) ?? this.unseen;
    const snapshot = { state, revision, position };
    if (stored.length > 0) this.cache.set(stream, snapshot);
    return snapshot;
  }

  /**
   * Undefined for an event that nobody can read: the read models park it, and what else is in its
   * stream stands. One of a newer node's is that node's to decide on.
   */
  private async decode(stored: StoredEvent): Promise<Recorded | undefined> {
    try {
      return decodeEvent(stored);
    } catch (error) {
      if (!(error instanceof UndecodableEvent)) throw error;
      const { type, version } = stored;
      if (await this.options.vocabulary.isNewer(error, type, version)) throw writtenByNewer();
      return undefined;
    }
  }
}

/** What follows from some commands, and for each whether it was accepted. */
interface Decision<State> {
  readonly events: readonly EventToAppend[];
  readonly state: State;
  readonly verdicts: readonly ({ isDuplicate: boolean } | { error: PlayheadError })[];
}

function settle<State>(
  { state, verdicts }: Decision<State>,
  position: number,
): readonly CommandOutcome<State>[] {
  return verdicts.map((verdict) =>
    'error' in verdict
      ? { kind: 'refused', error: verdict.error }
      : { kind: 'done', isDuplicate: verdict.isDuplicate, position, state },
  );
}

/** How many of the jobs that wait are decided together: one at least. */
function jobsInOneAppend(queue: readonly { readonly commands: readonly unknown[] }[]): number {
  let jobs = 0;
  let commands = 0;
  for (const job of queue) {
    commands += job.commands.length;
    if (jobs > 0 && commands > APPEND_COMMANDS_MAX) break;
    jobs += 1;
  }
  return jobs;
}

const refusal = (error: unknown): CommandOutcome<never> => ({
  kind: 'refused',
  error: asPlayheadError(error),
});

const unavailable = (cause: unknown): PlayheadError =>
  Object.assign(
    new PlayheadError('STORE_UNAVAILABLE', 'the event store did not confirm the append'),
    { cause },
  );

function asPlayheadError(error: unknown): PlayheadError {
  if (error instanceof PlayheadError) return error;
  return Object.assign(new PlayheadError('INTERNAL', 'the command failed'), { cause: error });
}

/** What became of a single command, or the error that it was refused with, thrown. */
export function doneOf<State>([outcome]: readonly CommandOutcome<State>[]): Done<State> {
  if (outcome === undefined) throw new PlayheadError('INTERNAL', 'the command has no outcome');
  if (outcome.kind === 'refused') throw outcome.error;
  return outcome;
}
