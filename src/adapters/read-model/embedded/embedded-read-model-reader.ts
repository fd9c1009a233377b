import { PlayheadError } from '../../../domain/errors.js';
import type { ProjectionName } from '../../../ports/projection.js';
import type { DocumentReader, ReadModelReader } from '../../../ports/read-model-store.js';
import { openForReading, type Connection } from '../../sqlite/database.js';
import { controlPath, generationPath, POINTER_QUERY, toPointer } from './control-file.js';
import { GenerationReader } from './generation-reader.js';

/**
 * Reads the read models of a folder. A snapshot is a read transaction on a connection of its own;
 * connections are kept for the next snapshot.
 */
export class EmbeddedReadModelReader implements ReadModelReader {
  private readonly control: Connection;
  private readonly findPointer;
  private readonly idle = new Map<string, GenerationReader[]>();

  constructor(
    private readonly folder: string,
    private readonly versions: Readonly<Record<ProjectionName, number>>,
  ) {
    this.control = openForReading(controlPath(folder));
    this.findPointer = this.control.prepare(POINTER_QUERY).raw();
  }

  async snapshot<Names extends readonly ProjectionName[], Result>(
    projections: Names,
    query: (readers: Readonly<Record<Names[number], DocumentReader>>) => Promise<Result>,
  ): Promise<Result> {
    const readers: [ProjectionName, GenerationReader][] = [];
    try {
      for (const name of projections) readers.push([name, this.acquire(name)]);
      return await query(
        Object.fromEntries<DocumentReader>(readers) as Record<Names[number], DocumentReader>,
      );
    } finally {
      for (const [, reader] of readers) this.release(reader);
    }
  }

  close(): Promise<void> {
    for (const readers of this.idle.values()) {
      for (const reader of readers) reader.close();
    }
    this.idle.clear();
    this.control.close();
    return Promise.resolve();
  }

  private acquire(projection: ProjectionName): GenerationReader {
    const pointer = toPointer(this.findPointer.get(projection));
    if (pointer?.version !== this.versions[projection]) {
      throw new PlayheadError('READ_MODEL_BEHIND', `${projection} has not been started yet`);
    }
    const path = generationPath(this.folder, { projection, ...pointer });
    const reader = this.idle.get(path)?.pop() ?? new GenerationReader(path);
    reader.begin();
    return reader;
  }

  private release(reader: GenerationReader): void {
    reader.end();
    const readers = this.idle.get(reader.path) ?? [];
    readers.push(reader);
    this.idle.set(reader.path, readers);
  }
}
