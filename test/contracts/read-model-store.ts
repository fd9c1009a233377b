import type { IndexValues, ProjectionName } from '../../src/ports/projection.js';
import {
  type DocumentReader,
  type DocumentWrite,
  type Generation,
  type GenerationSpec,
  type GenerationWrite,
  type ReadModelReader,
  type ReadModelWriter,
} from '../../src/ports/read-model-store.js';

export type Versions = Readonly<Record<ProjectionName, number>>;

/** Both sides of one place where read models are kept. */
export interface ReadModels {
  readonly writer: ReadModelWriter;
  readonly reader: ReadModelReader;
}

/** Makes read-model stores for a contract suite, and removes what they leave behind. */
export interface ReadModelFactory {
  /** A new empty one, whose reader wants these versions. */
  create(versions: Versions): Promise<ReadModels>;
  cleanUp(): Promise<void>;
}

export const VERSION_1: Versions = {
  'streaming-analytics': 1,
  bandwidth: 1,
  popularity: 1,
  sessions: 1,
};

/** The suite's projection; its indexes are `rank`, `since` and `retiresAt`. */
export const spec: GenerationSpec = {
  projection: 'popularity',
  version: 1,
  storeId: 'log-1',
  indexes: ['rank', 'since', 'retiresAt'],
};
/** A second one, whose documents are never retired. */
export const otherSpec: GenerationSpec = {
  projection: 'sessions',
  version: 1,
  storeId: 'log-1',
  indexes: ['rank'],
};

export const put = (
  key: string,
  indexValues: IndexValues = {},
  body: object = { of: key },
): DocumentWrite => ({ key, body, indexValues });

/** A commit of documents at a checkpoint. */
export const puts = (checkpoint: number, ...documents: DocumentWrite[]): GenerationWrite => ({
  puts: documents,
  deletes: [],
  checkpoint,
});

/** Starts the suite's generation with some documents, at checkpoint 1. */
export async function startWith(
  { writer }: ReadModels,
  ...documents: DocumentWrite[]
): Promise<Generation> {
  return writer.commit(await writer.start(spec), puts(1, ...documents));
}

/** Runs a query on the suite's projection. */
export const read = <Result>(
  { reader }: ReadModels,
  query: (documents: DocumentReader) => Promise<Result>,
): Promise<Result> => reader.snapshot(['popularity'], ({ popularity }) => query(popularity));

/** Every key is between these two. */
export const FIRST_KEY = '';
export const LAST_KEY = '\u{10ffff}';

export const keysOf = (rows: readonly { readonly key: string }[]): readonly string[] =>
  rows.map(({ key }) => key);

/** The keys of all documents of the suite's projection. */
export const allKeys = (models: ReadModels): Promise<readonly string[]> =>
  read(models, async (documents) => keysOf(await documents.range(FIRST_KEY, LAST_KEY)));

/**
 * Keys whose order by UTF-8 bytes is this one; by UTF-16 units, the last ones come before the two
 * from the end of the basic plane.
 */
export const KEYS_IN_BYTE_ORDER: readonly string[] = [
  'A',
  'B',
  'a',
  'a\u001f000000009',
  'a\u001f000000010',
  'a\u001f000000010\u001f',
  'aa',
  'b',
  '~',
  'é',
  '漢',
  '\ue000',
  '\ufffd',
  '\u{10000}',
  '😀',
  '😀a',
  '\u{10fffd}',
];
