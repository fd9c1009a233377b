import type { DocumentWriter } from './documents.js';
import type { GenerationStore } from './records.js';

/** Writes the read models. */
export interface ReadModelWriter extends GenerationStore, DocumentWriter {
  close(): Promise<void>;
}
