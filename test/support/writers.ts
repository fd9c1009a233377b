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
} from '../../src/ports/read-model-store.js';

/** A writer seen through another one, for tests to interfere. */
export class WriterView implements ReadModelWriter {
  constructor(protected readonly writer: ReadModelWriter) {}

  get rebuilds(): RebuildStore {
    return this.writer.rebuilds;
  }

  serving(specs: readonly GenerationSpec[]): Promise<readonly (GenerationStatus | undefined)[]> {
    return this.writer.serving(specs);
  }

  claim(generations: readonly Generation[]): Promise<readonly Generation[] | undefined> {
    return this.writer.claim(generations);
  }

  start(spec: GenerationSpec, how: GenerationStart): Promise<Generation | undefined> {
    return this.writer.start(spec, how);
  }

  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    return this.writer.load(generation, keys);
  }

  commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    return this.writer.commit(generation, write);
  }

  renew(generation: Generation, progress: GenerationProgress): Promise<void> {
    return this.writer.renew(generation, progress);
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
