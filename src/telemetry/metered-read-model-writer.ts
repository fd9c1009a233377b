import type { ProjectionName } from '../ports/projection.js';
import type {
  Generation,
  GenerationProgress,
  GenerationSpec,
  GenerationStart,
  GenerationStatus,
  GenerationWrite,
  GivenUp,
  ParkedEvent,
  ReadModelWriter,
  RebuildStore,
  StoredDocument,
} from '../ports/read-model-store.js';
import { startStopwatch } from './stopwatch.js';

/** One commit of a generation; plain data, so that a thread can tell it to another. */
export interface CommitMeasurement {
  readonly projection: ProjectionName;
  readonly seconds: number;
  /** Events of the log that it took in, also those passed over; undefined after a takeover. */
  readonly events: number | undefined;
}

/** A writer of read models that measures its commits. */
export class MeteredReadModelWriter implements ReadModelWriter {
  private measured: CommitMeasurement[] = [];
  /** How many events each generation has seen, as far as this node was told. */
  private readonly seen = new Map<string, number>();

  constructor(private readonly writer: ReadModelWriter) {}

  /** What was measured since the last time. */
  takeMeasurements(): readonly CommitMeasurement[] {
    const taken = this.measured;
    this.measured = [];
    return taken;
  }

  get rebuilds(): RebuildStore {
    return this.writer.rebuilds;
  }

  async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const elapsed = startStopwatch();
    const committed = await this.writer.commit(generation, write);
    const { eventsSeen } = write.progress;
    const before = this.seen.get(nameOf(generation));
    const events = before === undefined ? undefined : eventsSeen - before;
    this.measured.push({ projection: generation.projection, seconds: elapsed(), events });
    this.seen.set(nameOf(generation), eventsSeen);
    return committed;
  }

  async serving(
    specs: readonly GenerationSpec[],
  ): Promise<readonly (GenerationStatus | undefined)[]> {
    const found = await this.writer.serving(specs);
    for (const one of found) if (one !== undefined) this.seen.set(nameOf(one), one.eventsSeen);
    return found;
  }

  async start(spec: GenerationSpec, how: GenerationStart): Promise<Generation | undefined> {
    const started = await this.writer.start(spec, how);
    if (started !== undefined) this.seen.set(nameOf(started), 0);
    return started;
  }

  async renew(generation: Generation, progress: GenerationProgress): Promise<void> {
    await this.writer.renew(generation, progress);
    this.seen.set(nameOf(generation), progress.eventsSeen);
  }

  claim(generations: readonly Generation[]): Promise<readonly Generation[] | undefined> {
    return this.writer.claim(generations);
  }

  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    return this.writer.load(generation, keys);
  }

  release(generations: readonly Generation[]): Promise<void> {
    return this.writer.release(generations);
  }

  parked(generation: Generation): Promise<readonly ParkedEvent[]> {
    return this.writer.parked(generation);
  }

  wantRetry(generation: Generation, giveUp?: GivenUp): Promise<boolean> {
    return this.writer.wantRetry(generation, giveUp);
  }

  retire(generation: Generation, before: number): Promise<void> {
    return this.writer.retire(generation, before);
  }

  close(): Promise<void> {
    return this.writer.close();
  }
}

const nameOf = ({ projection, number }: Generation): string => `${projection} ${String(number)}`;
