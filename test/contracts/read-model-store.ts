import { LOG_START } from '../../src/ports/event-store.js';
import type { IndexValues, ProjectionName } from '../../src/ports/projection.js';
import type { DocumentWrite, GenerationWrite } from '../../src/ports/read-model/documents.js';
import {
  NO_PROGRESS,
  type Generation,
  type GenerationProgress,
  type GenerationSpec,
  type GenerationRecord,
} from '../../src/ports/read-model/generation.js';
import type { DocumentReader, ReadModelReader } from '../../src/ports/read-model/reader.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import { Generations } from '../../src/projector/generations.js';

export type Versions = Readonly<Record<ProjectionName, number>>;

/** Both sides of one place where read models are kept. */
export interface ReadModels {
  readonly writer: ReadModelWriter;
  readonly reader: ReadModelReader;
  /** A writer of another owner. */
  anotherWriter(): Promise<ReadModelWriter>;
  /** Lets so many milliseconds pass, by the store's clock. */
  passTime(ms: number): Promise<void>;
}

/** Makes read-model stores for a contract suite, and removes what they leave behind. */
export interface ReadModelFactory {
  /**
   * Whether many processes may share what it makes. Where one alone does, what may be read is known
   * to that process.
   */
  readonly isShared: boolean;
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
  settings: { partMs: 30 },
};
/** A second one, whose documents are never retired. */
export const otherSpec: GenerationSpec = {
  projection: 'sessions',
  version: 1,
  storeId: 'log-1',
  indexes: ['rank'],
  settings: {},
};

export const put = (
  key: string,
  indexValues: IndexValues = {},
  body: object = { of: key },
): DocumentWrite => ({ key, body, indexValues });

/** The progress of an owner that is at the head of the log. */
export const at = (scanned: number): GenerationProgress => ({
  ...NO_PROGRESS,
  scanned,
});

/** A commit of documents at a checkpoint. */
export const puts = (checkpoint: number, ...documents: DocumentWrite[]): GenerationWrite => ({
  puts: documents,
  deletes: [],
  checkpoint,
  checkpointId: undefined,
  totals: { folds: checkpoint },
  parked: { puts: [], deletes: [] },
  progress: at(checkpoint),
});

/** What may be done with the generations of a writer's store. */
export const generationsOf = (writer: ReadModelWriter): Generations => new Generations(writer);

/** What serves a projection. */
export async function servingOf(
  writer: ReadModelWriter,
  wanted = spec,
): Promise<GenerationRecord | undefined> {
  const [stored] = await generationsOf(writer).look([wanted]);
  return stored?.serving;
}

/** Starts a projection, or starts it over. */
export async function start(
  writer: ReadModelWriter,
  wanted = spec,
  servesFrom = LOG_START,
): Promise<Generation> {
  const serving = await servingOf(writer, wanted);
  const how = { replacing: serving?.number, servesFrom };
  const generation = await generationsOf(writer).start(wanted, how);
  if (generation === undefined) throw new Error('somebody else was at it');
  return generation;
}

/** Starts the suite's generation with some documents, at checkpoint 1. */
export async function startWith(
  { writer }: Pick<ReadModels, 'writer'>,
  ...documents: DocumentWrite[]
): Promise<Generation> {
  return writer.commit(await start(writer), puts(1, ...documents));
}

/** Runs a query on the suite's projection. */
export const read = <Result>(
  { reader }: Pick<ReadModels, 'reader'>,
  query: (documents: DocumentReader) => Promise<Result>,
  atLeast = LOG_START,
): Promise<Result> =>
  reader.snapshot(['popularity'], atLeast, ({ popularity }) => query(popularity));

/** Every key is between these two. */
export const FIRST_KEY = '';
export const LAST_KEY = '\u{10ffff}';

export const keysOf = (rows: readonly { readonly key: string }[]): readonly string[] =>
  rows.map(({ key }) => key);

/** The keys of all documents of the suite's projection. */
export const allKeys = (models: Pick<ReadModels, 'reader'>): Promise<readonly string[]> =>
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
