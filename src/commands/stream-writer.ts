import { setTimeout as sleep } from 'node:timers/promises';
import { backOffMs } from '../domain/back-off.js';
import type { Decider, Memory } from '../domain/decider.js';
import { PlayheadError } from '../domain/errors.js';
import { schemaVersionOf, type StoredData } from '../domain/event-codec.js';
import type { DomainEvent } from '../domain/event.js';
import type { Clock } from '../ports/clock.js';
import type { Identity } from '../ports/identity.js';
import {
  LOG_START,
  NO_STREAM,
  type AppendOutcome,
  type EventStore,
  type EventToAppend,
  type StreamAppend,
} from '../ports/event-store.js';
import { LogPast, type Known } from '../ports/log-past.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';
import { refusedAppend } from '../ports/refused-append.js';
import {
  asPlayheadError,
  refusal,
  settle,
  unavailable,
  type CommandOutcome,
  type Decision,
} from './command-outcome.js';
import { jobsInOneAppend } from './merged-jobs.js';
import { StateCache, type Snapshot } from './state-cache.js';
import { StreamLoader, streamOf, type Chapters, type Subject } from './stream-loader.js';

/**
 * Decides commands on streams and appends the events that follow, at the revision decided on. Each
 * stream has a queue: commands that come during its append wait, and are then decided together on
 * its outcome.
 */
export class StreamWriter<
  State,
  Command,
  Event extends DomainEvent,
  Closing extends DomainEvent = never,
> {
  private readonly queues = new Map<string, Job<State, Command>[]>();
  private readonly cache: StateCache<State>;
  /** The guess about a stream that is not in the cache; a conflict shows that it is wrong. */
  private readonly unseen: Snapshot<State>;
  private readonly loader: StreamLoader<State, Event | Closing>;
  private readonly past: LogPast;

  constructor(private readonly options: StreamWriterOptions<State, Command, Event, Closing>) {
    this.cache = new StateCache(options.cacheWeightMax, options.weigh);
    const state = options.decider.initialState;
    this.loader = new StreamLoader(options);
    this.past = options.store.past ?? new LogPast();
    this.past.onOther(() => {
      this.cache.clear();
    });
    this.unseen = { state, chapter: 0, revision: NO_STREAM, position: LOG_START };
  }

  /** Carries out commands on one stream in their order; returns an outcome for each. */
  execute(
    subject: Subject,
    commands: readonly Command[],
  ): Promise<readonly CommandOutcome<State>[]> {
    const { stream } = subject;
    return new Promise((resolve) => {
      const job = { commands, resolve };
      const queue = this.queues.get(stream);
      if (queue !== undefined) {
        queue.push(job);
        return;
      }
      const newQueue = [job];
      this.queues.set(stream, newQueue);
      void this.drain(subject, newQueue);
    });
  }

  /** Says whether a stream has an event; it may get its first one meanwhile. */
  async exists(stream: string): Promise<boolean> {
    const isKnown = this.cache.get(stream) !== undefined;
    return isKnown || (await this.options.store.readLast(stream)) !== undefined;
  }

  /** Carries out a queue's commands. It never throws: an error becomes the commands' outcome. */
  private async drain(subject: Subject, queue: Job<State, Command>[]): Promise<void> {
    while (queue.length > 0) {
      const jobs = queue.splice(0, jobsInOneAppend(queue));
      const commands = jobs.flatMap((job) => job.commands);
      const outcomes = await this.attempt(subject, commands).catch((error: unknown) =>
        commands.map(() => refusal(error)),
      );
      let from = 0;
      for (const job of jobs) {
        job.resolve(outcomes.slice(from, from + job.commands.length));
        from += job.commands.length;
      }
    }
    this.queues.delete(subject.stream);
  }

  private async attempt(
    subject: Subject,
    commands: readonly Command[],
  ): Promise<readonly CommandOutcome<State>[]> {
    let base = this.cache.get(subject.stream) ?? this.unseen;
    for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts += 1) {
      const open = await this.inOpenChapter(subject, base, commands);
      const known = this.past.known();
      const outcomes = open && (await this.carryOut(subject, open, commands, conflicts > 0));
      // A state that was just read is as the log has it; a remembered state need not be.
      if (outcomes !== undefined && (conflicts > 0 || (await this.isStillSo(outcomes, known)))) {
        return outcomes;
      }
      if (conflicts > 0) await sleep(Math.random() * CONFLICT_WAIT_MS_MAX);
      const before = this.past.known();
      base = this.reminded(await this.loader.load(subject), base);
      if (base.position !== LOG_START) this.remember(subject, base, before);
    }
    // Each conflict says that the stream has events, yet no event of it can be read.
    if (base.revision === NO_STREAM) throw refusedAppend('cut-off');
    throw new PlayheadError('CONFLICT', 'the stream was written to by others time and again');
  }

  /** Says whether duplicates are still in the log: a store that was put back has lost them. */
  private async isStillSo(
    outcomes: readonly CommandOutcome<State>[],
    known: Known,
  ): Promise<boolean> {
    const isAnyOld = outcomes.some((outcome) => outcome.kind === 'done' && outcome.isDuplicate);
    return !isAnyOld || ((await this.past.confirm()) && this.past.isSameSince(known));
  }

  /**
   * Decides and appends. Returns undefined after a conflict, and also if no event follows from a
   * state that was not read and may be out of date.
   */
  private async carryOut(
    subject: Subject,
    open: Snapshot<State>,
    commands: readonly Command[],
    isRead: boolean,
  ): Promise<readonly CommandOutcome<State>[] | undefined> {
    const known = this.past.known();
    const decision = this.decide(open, commands);
    if (decision.events.length === 0) {
      const isRemembered = decision.state !== open.state;
      if (isRemembered) this.remember(subject, { ...open, state: decision.state }, known);
      const isDoubted = commands.some((command) => this.options.isDoubtful?.(command) === true);
      const isGuess = !isRead && !isRemembered && (open.position === LOG_START || isDoubted);
      return isGuess ? undefined : settle(decision, open.position);
    }
    const outcome = await this.append(subject, open, decision);
    return outcome.kind === 'appended' ? settle(decision, outcome.position) : undefined;
  }

  /** Returns a stream as it was just read, with what was remembered of it. */
  private reminded(read: Snapshot<State>, known: Snapshot<State>): Snapshot<State> {
    const { memory } = this.options;
    return memory === undefined ? read : { ...read, state: memory.merged(read.state, known.state) };
  }

  /** Closes a chapter that is full; undefined where another node was first. */
  private async inOpenChapter(
    subject: Subject,
    base: Snapshot<State>,
    commands: readonly Command[],
  ): Promise<Snapshot<State> | undefined> {
    const { chapters } = this.options;
    const [command] = commands;
    const isFull = chapters?.isFull(base.state, commands.length) === true;
    if (!isFull || command === undefined) return base;
    const { event, state } = chapters.close(base.state, command, base.chapter);
    const events = [this.toAppend(event, this.options.clock.now())];
    const known = this.past.known();
    const outcome = await this.append(subject, base, { events, state });
    if (outcome.kind !== 'appended') return undefined;
    const { position } = outcome;
    const next = { state, chapter: base.chapter + 1, revision: NO_STREAM, position };
    this.remember(subject, next, known);
    return next;
  }

  /** Remembers a state, unless it may be of a past that the log no longer has. */
  private remember({ stream }: Subject, snapshot: Snapshot<State>, before: Known): void {
    if (this.past.isSameSince(before)) this.cache.set(stream, snapshot);
  }

  private decide(base: Snapshot<State>, commands: readonly Command[]): Decision<State> {
    const { decider, memory, clock, isConflicting } = this.options;
    const recordedAt = clock.now();
    const events: EventToAppend[] = [];
    let { state } = base;
    const verdicts = commands.map((command) => {
      const before = state;
      try {
        const decided = decider.decide(state, command);
        for (const event of decided) {
          events.push(this.toAppend(event, recordedAt));
          state = decider.evolve(state, { ...event, recordedAt });
        }
        const isDuplicate = decided.length === 0;
        if (isDuplicate && memory !== undefined) state = memory.after(state, command);
        return {
          isDuplicate,
          isConflicting: isDuplicate && isConflicting?.(state, command),
          own: { before, after: state },
        };
      } catch (error) {
        return { error: asPlayheadError(error) };
      }
    });
    return { events, state, verdicts };
  }

  private toAppend({ type, data }: Event | Closing, recordedAt: number): EventToAppend {
    // Not derived from the report: a report that is sent again has to reach the decider.
    const id = this.options.identity.uuidV4();
    const version = schemaVersionOf(type);
    return { id, type, version, recordedAt, data: data as unknown as StoredData };
  }

  /**
   * Appends until the outcome is known, always the same events at the same place. Throws
   * STORE_UNAVAILABLE when it gives up, another error where the store will never take them.
   */
  private async append(
    subject: Subject,
    { chapter, revision: expectedRevision }: Snapshot<State>,
    { events, state }: Pick<Decision<State>, 'events' | 'state'>,
  ): Promise<Extract<AppendOutcome, { kind: 'appended' | 'conflict' }>> {
    const append: StreamAppend = { stream: streamOf(subject, chapter), expectedRevision, events };
    const deadline = performance.now() + UNKNOWN_RETRY_MS;
    const known = this.past.known();
    for (let failures = 0; ; failures += 1) {
      const [outcome] = await this.options.store.append([append]);
      if (outcome?.kind === 'appended') {
        const { revision, position } = outcome;
        this.past.stored({ position, id: events.at(-1)?.id ?? '' }, known);
        this.remember(subject, { state, chapter, revision, position }, known);
        return outcome;
      }
      this.cache.evict(subject.stream);
      if (outcome?.kind === 'conflict') return outcome;
      if (outcome?.kind === 'refused') throw refusedAppend(outcome.reason);
      if (performance.now() >= deadline) throw unavailable(outcome?.cause);
      await sleep(backOffMs(UNKNOWN_WAIT, failures));
    }
  }
}

/** Conflicts on one stream after which it is tried again; only another node can cause one. */
const CONFLICTS_MAX = 10;
const CONFLICT_WAIT_MS_MAX = 50;
/** The time for which an append of unknown outcome is sent again, and the pauses in between. */
const UNKNOWN_RETRY_MS = 10_000;
const UNKNOWN_WAIT = { minMs: 50, maxMs: 1_000 };

export interface StreamWriterOptions<
  State,
  Command,
  Event extends DomainEvent,
  Closing extends DomainEvent,
> {
  readonly decider: Decider<State, Command, Event, Event | Closing>;
  /** Undefined where every command that matters leads to an event. */
  readonly memory?: Memory<State, Command>;
  /** Undefined where streams stay short. */
  readonly chapters?: Chapters<State, Command, Closing>;
  /** Says whether a duplicate says something else than the command that was carried out. */
  readonly isConflicting?: (state: State, command: Command) => boolean;
  /** Says whether a command without events must be decided again on a state from the log. */
  readonly isDoubtful?: (command: Command) => boolean;
  readonly store: EventStore;
  readonly vocabulary: LogVocabulary;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly cacheWeightMax: number;
  readonly weigh: (state: State) => number;
}

interface Job<State, Command> {
  readonly commands: readonly Command[];
  readonly resolve: (outcomes: readonly CommandOutcome<State>[]) => void;
}
