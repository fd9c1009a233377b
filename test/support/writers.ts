import type {
  Generation,
  GenerationSpec,
  GenerationWrite,
  ReadModelWriter,
  StoredDocument,
} from '../../src/ports/read-model-store.js';

/** A writer seen through another one, for tests to interfere. */
export class WriterView implements ReadModelWriter {
  constructor(protected readonly writer: ReadModelWriter) {}

  serving(spec: GenerationSpec): Promise<Generation | undefined> {
    return this.writer.serving(spec);
  }

  start(spec: GenerationSpec): Promise<Generation> {
    return this.writer.start(spec);
  }

  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    return this.writer.load(generation, keys);
  }

  commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    return this.writer.commit(generation, write);
  }

  retire(generation: Generation, before: number): Promise<void> {
    return this.writer.retire(generation, before);
  }

  close(): Promise<void> {
    return this.writer.close();
  }
}
