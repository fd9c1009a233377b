import type { ProjectionName } from '../../src/ports/projection.js';
import type {
  GenerationWrite,
  GivenUp,
  ParkedEvent,
  StoredDocument,
} from '../../src/ports/read-model/documents.js';
import type {
  Generation,
  GenerationPlace,
  GenerationProgress,
  GenerationSpec,
} from '../../src/ports/read-model/generation.js';
import type {
  EndedRebuild,
  GenerationRecords,
  RecordChange,
} from '../../src/ports/read-model/records.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';

/** Passes all calls to another writer; subclasses do some of them in their own way. */
export class WriterView implements ReadModelWriter {
  constructor(protected readonly writer: ReadModelWriter) {}

  records(projections: readonly ProjectionName[]): Promise<GenerationRecords> {
    return this.writer.records(projections);
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

  commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    return this.writer.commit(generation, write);
  }

  renew(generation: Generation, progress: GenerationProgress): Promise<void> {
    return this.writer.renew(generation, progress);
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
