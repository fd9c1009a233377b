import type { ProjectionName } from '../ports/projection.js';
import type { GenerationWrite } from '../ports/read-model/documents.js';
import type { Generation, GenerationProgress } from '../ports/read-model/generation.js';
import type { GenerationRecords } from '../ports/read-model/records.js';
import type { ReadModelWriter } from '../ports/read-model/writer.js';
import { overlay } from './overlay.js';
import { startStopwatch } from './stopwatch.js';

/** The measurement of a commit of a generation; plain data, to be sent to another thread. */
export interface CommitMeasurement {
  readonly projection: ProjectionName;
  readonly seconds: number;
  /** Events of the log that the commit took in or passed over; undefined after a takeover. */
  readonly events: number | undefined;
}

/** A writer of read models that measures its commits. */
export type MeteredReadModelWriter = ReadModelWriter & WriterMeter;

export const meteredReadModelWriter = (writer: ReadModelWriter): MeteredReadModelWriter =>
  overlay(writer, new WriterMeter(writer));

class WriterMeter {
  private measured: CommitMeasurement[] = [];
  /** The number of events that each generation has seen, as far as this node was told. */
  private readonly seen = new Map<string, number>();

  constructor(private readonly writer: ReadModelWriter) {}

  /** Returns the measurements since the last call. */
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
    for (const found of records.generations) this.seen.set(nameOf(found), found.eventsSeen);
    return records;
  }

  async renew(generation: Generation, progress: GenerationProgress): Promise<void> {
    await this.writer.renew(generation, progress);
    this.seen.set(nameOf(generation), progress.eventsSeen);
  }
}

const nameOf = ({ projection, version, number }: Generation): string =>
  `${projection} ${String(version)} ${String(number)}`;
