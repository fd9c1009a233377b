import { PlayheadError } from '../../../domain/errors.js';
import type { ProjectionName } from '../../../ports/projection.js';
import type { DocumentReader, ReadModelReader } from '../../../ports/read-model-store.js';
import { openForReading, type Connection } from '../../sqlite/database.js';
import { unwritable, writeBeside } from '../../sqlite/file-faults.js';
import {
  controlPath,
  generationPath,
  POINTER_QUERY,
  toPointer,
  type Pointer,
} from './control-file.js';
import { GenerationReader } from './generation-reader.js';

/**
 * Reads the read models of a folder. A snapshot is a read transaction on a connection of its own;
 * connections are kept for the next snapshot. There is one copy of the files: what has been passed
 * is there, and which generation may be read is known to the one process that writes them.
 */
export class EmbeddedReadModelReader implements ReadModelReader {
  /** Opened at the first query: the writer makes it. */
  private control: Connection | undefined;
  private findPointer: ReturnType<Connection['prepare']> | undefined;
  /** Of the generation that serves: others are closed, or their files would stay on the disk. */
  private readonly idle = new Map<ProjectionName, IdleReaders>();

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

  /** Commits are another thread's: what they need is a file that can be read, and a disk. */
  ping(): Promise<void> {
    try {
      this.control ??= openForReading(controlPath(this.folder));
      this.control.prepare('SELECT count(*) FROM generations').get();
      writeBeside(controlPath(this.folder));
      return Promise.resolve();
    } catch (error) {
      const failure = new PlayheadError('STORE_UNAVAILABLE', unwritable('the read models', error));
      const cause = new Error(this.folder, { cause: error });
      return Promise.reject(Object.assign(failure, { cause }));
    }
  }

  close(): Promise<void> {
    for (const projection of this.idle.keys()) this.idleOf(projection, undefined);
    this.control?.close();
    return Promise.resolve();
  }

  private pointerOf(projection: ProjectionName): Pointer | undefined {
    this.control ??= openForReading(controlPath(this.folder));
    this.findPointer ??= this.control.prepare(POINTER_QUERY).raw();
    return toPointer(this.findPointer.get(projection));
  }

  private acquire(projection: ProjectionName): GenerationReader {
    const pointer = this.pointerOf(projection);
    if (pointer?.version !== this.versions[projection]) {
      throw new PlayheadError('READ_MODEL_BEHIND', `${projection} has not been started yet`);
    }
    const path = generationPath(this.folder, { projection, ...pointer });
    const reader = this.idleOf(projection, path).pop() ?? new GenerationReader(path);
    reader.begin();
    return reader;
  }

  private release(projection: ProjectionName, reader: GenerationReader): void {
    reader.end();
    const idle = this.idle.get(projection);
    if (idle?.path === reader.path) idle.readers.push(reader);
    else reader.close();
  }

  /** The idle readers of a generation; those of the one before it are closed. */
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
