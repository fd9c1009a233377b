import type { ProjectionName } from '../ports/projection.js';
import type {
  GenerationWrite,
  GivenUp,
  ParkedEvent,
  StoredDocument,
} from '../ports/read-model/documents.js';
import type {
  Generation,
  GenerationPlace,
  GenerationProgress,
  GenerationSpec,
} from '../ports/read-model/generation.js';
import type { EndedRebuild, GenerationRecords, RecordChange } from '../ports/read-model/records.js';
import type { ReadModelWriter } from '../ports/read-model/writer.js';
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

  async records(projections: readonly ProjectionName[]): Promise<GenerationRecords> {
    const records = await this.writer.records(projections);
    for (const one of records.generations) this.seen.set(nameOf(one), one.eventsSeen);
    return records;
  }

  async renew(generation: Generation, progress: GenerationProgress): Promise<void> {
    await this.writer.renew(generation, progress);
    this.seen.set(nameOf(generation), progress.eventsSeen);
  }

  keep(generation: Generation, orAt?: number): Promise<void> {
    return this.writer.keep(generation, orAt);
  }

  write(changes: readonly RecordChange[], ended?: EndedRebuild): Promise<boolean> {
    return this.writer.write(changes, ended);
  }

  make(spec: GenerationSpec): Promise<GenerationPlace> {
    return this.writer.make(spec);
  }

  drop(place: GenerationPlace): Promise<void> {
    return this.writer.drop(place);
  }

  dropStrays(projections: readonly ProjectionName[]): Promise<void> {
    return this.writer.dropStrays(projections);
  }

  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    return this.writer.load(generation, keys);
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

const nameOf = ({ projection, version, number }: Generation): string =>
  `${projection} ${String(version)} ${String(number)}`;
