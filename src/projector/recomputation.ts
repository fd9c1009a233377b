import { NO_PROGRESS, specOf } from '../ports/read-model/generation.js';
import { PlayheadError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import { LOG_START, type EventLog } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';
import type { FoldSettings, Projection } from '../ports/projection.js';
import type { ReadModelReader } from '../ports/read-model/reader.js';
import type { ReadModelWriter } from '../ports/read-model/writer.js';
import { BATCH_EVENTS_MAX, batchOf, type Batch } from './feed.js';
import { Generations } from './generations.js';
import { TooManyParked } from './parked-events.js';
import { OwnedGeneration } from './owned-generation.js';

/** Folds one projection from the start of a log into a scratch store. */
export class Recomputation {
  private constructor(
    private readonly options: RecomputationOptions,
    private readonly generation: OwnedGeneration,
  ) {}

  static async start(
    options: RecomputationOptions,
    settings: FoldSettings,
  ): Promise<Recomputation> {
    const { projection, scratch, log, clock } = options;
    const spec = { ...specOf(projection, NO_STORE), settings };
    const how = { replacing: undefined, servesFrom: LOG_START };
    const started = await new Generations(scratch.writer).start(spec, how);
    if (started === undefined) throw new Error('the scratch place is not empty');
    const generation = OwnedGeneration.claimed(projection, scratch.writer, started, NO_PROGRESS);
    await generation.resume(log, clock.now());
    return new Recomputation(options, generation);
  }

  /** Folds everything up to a position; throws CONFLICT if the log does not reach it. */
  async foldTo(position: number): Promise<void> {
    const { log, vocabulary, clock, onProgress, signal } = this.options;
    if (this.generation.scanned > position) {
      throw new PlayheadError('CONFLICT', 'the read model started over meanwhile: verify it again');
    }
    while (this.generation.scanned < position) {
      signal?.throwIfAborted();
      const page = await log.readAll(this.generation.scanned, BATCH_EVENTS_MAX);
      if (page.isEnd && page.scanned < position) {
        throw new PlayheadError('CONFLICT', 'the read model is ahead of the log');
      }
      const events = page.events.filter((event) => event.position <= position);
      const scanned = Math.min(page.scanned, position);
      const batch = await batchOf({ ...page, events, scanned }, vocabulary);
      await this.fold(batch, clock.now());
      onProgress?.(scanned, position);
    }
  }

  private async fold(batch: Batch, now: number): Promise<void> {
    try {
      await this.generation.apply(batch, now);
    } catch (error) {
      if (error instanceof TooManyParked) throw new PlayheadError('CONFLICT', error.message);
      throw error;
    }
  }
}

const NO_STORE = 'scratch';

/** The store in which a log is folded for a comparison. Nobody else reads it. */
interface Scratch {
  readonly writer: ReadModelWriter;
  readonly reader: ReadModelReader;
}

export interface RecomputationOptions {
  readonly projection: Projection;
  readonly log: EventLog;
  readonly vocabulary: LogVocabulary;
  readonly scratch: Scratch;
  readonly clock: Clock;
  /** Called with the progress, as positions of the log. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}
