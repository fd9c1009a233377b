import { compareUtf8 } from '../domain/text.js';
import { RETIRES_AT, type Projection } from '../ports/projection.js';
import type { DocumentReader } from '../ports/read-model/reader.js';

/** Compares two builds of a read model side by side, in the order of keys. */
export async function* compareDocuments(
  comparison: DocumentComparison,
): AsyncGenerator<ComparedDocument> {
  const sides = [documentsOf(comparison.expected), documentsOf(comparison.found)] as const;
  let [expected, found] = [await nextOf(sides[0]), await nextOf(sides[1])];
  while (expected !== undefined || found !== undefined) {
    const order = orderOf(expected, found);
    const compared = {
      key: (order <= 0 ? expected?.key : found?.key) ?? '',
      expected: order <= 0 ? textOf(expected, comparison) : undefined,
      found: order >= 0 ? textOf(found, comparison) : undefined,
    };
    if (compared.expected !== undefined || compared.found !== undefined) yield compared;
    if (order <= 0) expected = await nextOf(sides[0]);
    if (order >= 0) found = await nextOf(sides[1]);
  }
}

/** The documents of each side that are in memory at a time. */
const PAGE_LENGTH = 500;
const FIRST_KEY = '';
const LAST_KEY = '\u{10ffff}';

interface Document {
  readonly key: string;
  readonly body: object;
}

/** The documents of two builds under one key, as JSON; undefined where a side has none. */
export interface ComparedDocument {
  readonly key: string;
  readonly expected: string | undefined;
  readonly found: string | undefined;
}

export interface DocumentComparison {
  readonly projection: Projection;
  readonly expected: DocumentReader;
  readonly found: DocumentReader;
  /**
   * The time in epoch milliseconds before which retention may have removed documents from either
   * side.
   */
  readonly earliest: number;
}

/** Compares the keys of both sides; a side that has ended comes last. */
function orderOf(expected: Document | undefined, found: Document | undefined): number {
  if (expected === undefined) return 1;
  return found === undefined ? -1 : compareUtf8(expected.key, found.key);
}

/** Returns the document as JSON; undefined if retention may have taken it away. */
function textOf(
  document: Document | undefined,
  { projection, earliest }: DocumentComparison,
): string | undefined {
  if (document === undefined) return undefined;
  const { key, body } = document;
  const retiresAt = projection.indexValuesOf(body, key)[RETIRES_AT] ?? Infinity;
  return retiresAt < earliest ? undefined : JSON.stringify(body);
}

async function* documentsOf(reader: DocumentReader): AsyncGenerator<Document> {
  let last: string | undefined;
  for (;;) {
    // A range includes its first key, which is the last page's last document.
    const rows = await reader.range(last ?? FIRST_KEY, LAST_KEY, PAGE_LENGTH);
    const news = rows[0]?.key === last ? rows.slice(1) : rows;
    yield* news;
    if (rows.length < PAGE_LENGTH) return;
    last = rows.at(-1)?.key;
  }
}

async function nextOf(documents: AsyncGenerator<Document>): Promise<Document | undefined> {
  const next = await documents.next();
  return next.done === true ? undefined : next.value;
}
