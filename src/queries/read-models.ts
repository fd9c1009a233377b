import { Inject, Injectable } from '@nestjs/common';
import type { LiveSums } from '../domain/figures/live-sums.js';
import { LOG_START } from '../ports/event-store.js';
import {
  isCatchingUp,
  PROJECTION_CONTROL,
  type ProjectionControl,
} from '../ports/projection-control.js';
import { PARKED_NOTES, type ParkedNotes } from '../ports/parked-notes.js';
import type { ProjectionName } from '../ports/projection.js';
import {
  READ_MODEL_READER,
  type DocumentReader,
  type ReadModelReader,
} from '../ports/read-model/reader.js';
import type { LiveQuestion } from '../ports/read-model/live.js';
import type { ListedSession, SessionListQuestion } from '../ports/read-model/session-list.js';
import type {
  RetentionAnswer,
  RetentionQuestion,
  Slice,
  SliceAnswer,
} from '../ports/read-model/slices.js';
import { ParkedAwareReader } from './parked-aware-reader.js';

/** Reads the read models for queries: complete, and as far as the client asks. */
@Injectable()
export class ReadModels {
  constructor(
    @Inject(READ_MODEL_READER) private readonly reader: ReadModelReader,
    @Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl,
    @Inject(PARKED_NOTES) private readonly notes: ParkedNotes,
  ) {}

  /**
   * Runs a query on one consistent state of the named projections. All of them have passed the
   * position and hold the whole log; throws READ_MODEL_BEHIND if they do not in time. Notes the
   * parked events of documents that the query touches.
   */
  async read<Names extends readonly ProjectionName[], Result>(
    names: Names,
    readAfter: number | undefined,
    query: (readers: Readonly<Record<Names[number], DocumentReader>>) => Promise<Result>,
  ): Promise<Result> {
    const isIncomplete = this.control
      .progress()
      .some((progress) => names.includes(progress.name) && isCatchingUp(progress));
    if (readAfter !== undefined || isIncomplete) {
      await this.control.passed(names, readAfter ?? LOG_START, READ_AFTER_MS_MAX);
    }
    return this.reader.snapshot(names, readAfter ?? LOG_START, async (readers) =>
      query(await this.noting(names, readers)),
    );
  }

  /**
   * Does the same for what only completes an answer, such as titles. It takes the projections as
   * they are, even incomplete, unless the client asks for a position.
   */
  async readBeside<Names extends readonly ProjectionName[], Result>(
    names: Names,
    readAfter: number | undefined,
    query: (readers: Readonly<Record<Names[number], DocumentReader>>) => Promise<Result>,
  ): Promise<Result> {
    if (readAfter !== undefined) return this.read(names, readAfter, query);
    return this.reader.snapshot(names, LOG_START, async (readers) =>
      query(await this.noting(names, readers)),
    );
  }

  /** Sums up sessions on one state of the read model, which is at a position or behind it. */
  slices(
    atLeast: number,
    questions: readonly Slice[],
    signal: AbortSignal,
  ): Promise<readonly SliceAnswer[]> {
    return this.reader.slices(atLeast, questions, signal);
  }

  /** Sums up which parts of a title its views showed, on such a state. */
  retention(
    atLeast: number,
    question: RetentionQuestion,
    signal: AbortSignal,
  ): Promise<RetentionAnswer> {
    return this.reader.retention(atLeast, question, signal);
  }

  /** Lists sessions on one state of the read model, which is at a position or behind it. */
  sessions(
    atLeast: number,
    question: SessionListQuestion,
    signal: AbortSignal,
  ): Promise<readonly ListedSession[]> {
    return this.reader.sessions(atLeast, question, signal);
  }

  /** Sums up the sessions of a moment, on such a state. */
  live(atLeast: number, question: LiveQuestion): Promise<readonly LiveSums[]> {
    return this.reader.live(atLeast, question);
  }

  /**
   * Returns the time up to which a read model holds all events, epoch milliseconds; 0 if there is
   * none.
   */
  async asOf(name: ProjectionName): Promise<number> {
    const all = await this.control.lag();
    return all.find((lag) => lag.name === name)?.asOf ?? 0;
  }

  /**
   * Notes the parked events of documents that a query does not read itself: the sums that it reads
   * lack them.
   */
  async noteParked(
    name: ProjectionName,
    reader: DocumentReader,
    isOf: (key: string) => boolean,
  ): Promise<void> {
    if (reader.parkedEvents === 0) return;
    for (const { key, skipped } of await reader.parked()) {
      if (skipped === undefined && isOf(key)) this.notes.note(name, key);
    }
  }

  private async noting<Names extends readonly ProjectionName[]>(
    names: Names,
    readers: Readonly<Record<Names[number], DocumentReader>>,
  ): Promise<Readonly<Record<Names[number], DocumentReader>>> {
    const noting: Partial<Record<ProjectionName, DocumentReader>> = {};
    for (const name of names as readonly Names[number][]) {
      noting[name] = await ParkedAwareReader.of(readers[name], {
        key: (key) => {
          this.notes.note(name, key);
        },
        position: (position) => {
          this.notes.notePosition(name, position);
        },
      });
    }
    return noting as Record<Names[number], DocumentReader>;
  }
}

/** The longest time in milliseconds that a query waits for its read models to reach a position. */
const READ_AFTER_MS_MAX = 5_000;
