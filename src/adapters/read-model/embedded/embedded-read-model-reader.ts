import { PlayheadError } from '../../../domain/errors.js';
import type { LiveSums } from '../../../domain/figures/live-sums.js';
import type { ProjectionName } from '../../../ports/projection.js';
import type { GenerationPlace } from '../../../ports/read-model/generation.js';
import type { DocumentReader, ReadModelReader } from '../../../ports/read-model/reader.js';
import type { LiveQuestion } from '../../../ports/read-model/live.js';
import type { ListedSession, SessionListQuestion } from '../../../ports/read-model/session-list.js';
import type {
  RetentionAnswer,
  RetentionQuestion,
  Slice,
  SliceAnswer,
} from '../../../ports/read-model/slices.js';
import { openForReading } from '../../sqlite/database.js';
import {
  isCorrupt,
  isDamaged,
  messageOf,
  unwritable,
  writeBeside,
} from '../../sqlite/file-faults.js';
import { ControlFile, controlPath, SERVING_QUERY, type ControlRow } from './control-file.js';
import { generationPath } from './generation-files.js';
import { GenerationReader } from './generation-reader.js';
import { SlicerThread } from './slices/slicer-thread.js';
import { Statements } from './statements.js';

/**
 * Reads the read models of a folder. A snapshot is a read transaction on a connection of its own,
 * which is kept for the next snapshot. There is one copy of the files: what has been passed is
 * there, and the one process that writes them knows which generation may be read.
 */
export class EmbeddedReadModelReader implements ReadModelReader {
  /** Opened at the first query, since the writer makes the file. */
  private control: Statements | undefined;
  /** Idle readers of the serving generation; others are closed, or their files would stay. */
  private readonly idle = new Map<ProjectionName, IdleReaders>();
  private readonly slicer = new SlicerThread();

  constructor(
    private readonly folder: string,
    private readonly versions: Readonly<Record<ProjectionName, number>>,
  ) {}

  async snapshot<Names extends readonly ProjectionName[], Result>(
    projections: Names,
    _atLeast: number,
    query: (readers: Readonly<Record<Names[number], DocumentReader>>) => Promise<Result>,
  ): Promise<Result> {
    const readers: [ProjectionName, GenerationReader][] = [];
    try {
      for (const name of projections) readers.push([name, this.acquire(name)]);
      return await query(
        Object.fromEntries<DocumentReader>(readers) as Record<Names[number], DocumentReader>,
      );
    } finally {
      for (const [name, reader] of readers) this.release(name, reader);
    }
  }

  slices(
    _atLeast: number,
    questions: readonly Slice[],
    signal?: AbortSignal,
  ): Promise<readonly SliceAnswer[]> {
    return this.ofSessions((path) => this.slicer.slices({ path, questions }, signal), signal);
  }

  retention(
    _atLeast: number,
    question: RetentionQuestion,
    signal?: AbortSignal,
  ): Promise<RetentionAnswer> {
    return this.ofSessions((path) => this.slicer.retention({ path, question }, signal), signal);
  }

  sessions(
    _atLeast: number,
    question: SessionListQuestion,
    signal?: AbortSignal,
  ): Promise<readonly ListedSession[]> {
    return this.ofSessions((path) => this.slicer.sessions({ path, question }, signal), signal);
  }

  live(_atLeast: number, question: LiveQuestion): Promise<readonly LiveSums[]> {
    return this.ofSessions((path) => this.slicer.live({ path, question }));
  }

  /** Checks what another thread's commits need: a file that can be read, and space on the disk. */
  async ping(): Promise<void> {
    this.rows('SELECT count(*) AS line FROM records');
    try {
      writeBeside(controlPath(this.folder));
    } catch (error) {
      throw this.unavailable(unwritable('the read models', error), error);
    }
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.slicer.close();
    for (const projection of this.idle.keys()) this.idleOf(projection, undefined);
    this.control?.connection.close();
  }

  /** Asks about the sessions in the file of the generation that serves. */
  private async ofSessions<Answer>(
    ask: (path: string) => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const serving = this.servingOf('sessions');
    try {
      return await ask(generationPath(this.folder, serving));
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof PlayheadError ? error : this.explained(error, serving);
    }
  }

  private servingOf(projection: ProjectionName): ControlRow {
    const version = this.versions[projection];
    const [serving] = this.rows<ControlRow>(SERVING_QUERY, projection, version);
    if (serving === undefined) {
      throw new PlayheadError('READ_MODEL_BEHIND', `${projection} has not been started yet`);
    }
    return serving;
  }

  private acquire(projection: ProjectionName): GenerationReader {
    const serving = this.servingOf(projection);
    const { settings = {}, identity } = serving;
    const path = generationPath(this.folder, serving);
    const explained = (error: unknown): Error => this.explained(error, serving);
    let reader: GenerationReader | undefined;
    try {
      reader =
        this.idleOf(projection, path).pop() ?? new GenerationReader(path, settings, explained);
      reader.begin(identity);
      return reader;
    } catch (error) {
      reader?.close();
      throw explained(error);
    }
  }

  private rows<Row>(...query: Parameters<Statements['rows']>): readonly Row[] {
    const path = controlPath(this.folder);
    try {
      this.control ??= new Statements(path, openForReading(path));
      return this.control.rows(...query);
    } catch (error) {
      throw this.unavailable('the read models cannot be read', error);
    }
  }

  /** Explains an error. Notes damage, so that the writer makes the generation anew. */
  private explained(error: unknown, place: GenerationPlace): Error {
    if (!isDamaged(error)) return error as Error;
    if (isCorrupt(error)) {
      const control = new ControlFile(this.folder);
      control.blame(place, messageOf(error));
      control.close();
    }
    return this.unavailable(`${place.projection} cannot be read`, error);
  }

  private unavailable(message: string, error: unknown): Error {
    const cause = new Error(this.folder, { cause: error });
    return Object.assign(new PlayheadError('STORE_UNAVAILABLE', message), { cause });
  }

  private release(projection: ProjectionName, reader: GenerationReader): void {
    if (reader.isFit) reader.end();
    const idle = this.idle.get(projection);
    if (reader.isFit && idle?.path === reader.path) idle.readers.push(reader);
    else reader.close();
  }

  /** Returns the idle readers of a generation; closes those of the generation before. */
  private idleOf(projection: ProjectionName, path: string | undefined): GenerationReader[] {
    const idle = this.idle.get(projection);
    if (idle?.path === path && idle !== undefined) return idle.readers;
    for (const reader of idle?.readers ?? []) reader.close();
    const readers: GenerationReader[] = [];
    if (path !== undefined) this.idle.set(projection, { path, readers });
    return readers;
  }
}

/** Connections to the file of one generation. */
interface IdleReaders {
  readonly path: string;
  readonly readers: GenerationReader[];
}
