import { compareUtf8 } from '../domain/text.js';
import type { FoldSettings } from '../ports/projection.js';
import type { ParkedEvent } from '../ports/read-model/documents.js';
import type { DocumentReader, IndexedDocument, IndexPage } from '../ports/read-model/reader.js';

/** Takes the notes of a reader. */
interface Noting {
  readonly key: (key: string) => void;
  readonly position: (position: number) => void;
}

type Rows<Document extends object> = readonly { readonly key: string; readonly body: Document }[];

/**
 * Reads documents, and notes those for which events are parked. A document asked for by its key is
 * noted even if it is not there yet. A parked event that cannot be read may belong to any document.
 */
export class ParkedAwareReader implements DocumentReader {
  private constructor(
    private readonly reader: DocumentReader,
    private readonly waiting: readonly string[],
    private readonly note: (key: string) => void,
  ) {}

  /** Returns the reader itself if nothing is parked, which is nearly always. */
  static async of(reader: DocumentReader, note: Noting): Promise<DocumentReader> {
    if (reader.parkedEvents === 0) return reader;
    const waiting = (await reader.parked()).filter(({ skipped }) => skipped === undefined);
    for (const { key, position } of waiting) {
      if (key === '') note.position(position);
    }
    const keys = new Set(waiting.map(({ key }) => key).filter((key) => key !== ''));
    return keys.size === 0 ? reader : new ParkedAwareReader(reader, [...keys], note.key);
  }

  get identity(): string | undefined {
    return this.reader.identity;
  }

  get checkpoint(): number {
    return this.reader.checkpoint;
  }

  get settings(): FoldSettings {
    return this.reader.settings;
  }

  get parkedEvents(): number {
    return this.reader.parkedEvents;
  }

  parked(): Promise<readonly ParkedEvent[]> {
    return this.reader.parked();
  }

  retiredBefore(): Promise<number> {
    return this.reader.retiredBefore();
  }

  get<Document extends object>(keys: readonly string[]): Promise<ReadonlyMap<string, Document>> {
    const asked = new Set(keys);
    this.noteIf((key) => asked.has(key));
    return this.reader.get(keys);
  }

  range<Document extends object>(
    from: string,
    to: string,
    limit?: number,
  ): Promise<Rows<Document>> {
    this.noteIf((key) => compareUtf8(from, key) <= 0 && compareUtf8(key, to) <= 0);
    return this.reader.range(from, to, limit);
  }

  async page<Document extends object>(
    page: IndexPage,
  ): Promise<readonly IndexedDocument<Document>[]> {
    const rows = await this.reader.page<Document>(page);
    const shown = new Set(rows.map(({ key }) => key));
    this.noteIf((key) => shown.has(key));
    return rows;
  }

  count(index: string, from: number): Promise<number> {
    return this.reader.count(index, from);
  }

  private noteIf(isTouched: (key: string) => boolean): void {
    for (const key of this.waiting) {
      if (isTouched(key)) this.note(key);
    }
  }
}
