import type { DocumentWriter } from './documents.js';
import type { GenerationStore } from './records.js';

/** Where read models are written. */
export interface ReadModelWriter extends GenerationStore, DocumentWriter {
  close(): Promise<void>;
}
