import { join } from 'node:path';
import { PROJECTIONS } from '../../projections/index.js';
import { EmbeddedEventLog } from '../../src/adapters/event-store/embedded/embedded-event-log.js';
import { EmbeddedReadModelReader } from '../../src/adapters/read-model/embedded/embedded-read-model-reader.js';
import { MemoryReadModelStore } from './memory/memory-read-model-store.js';
import { NodeClock } from '../../src/adapters/system/node-clock.js';
import { LOG_START, type EventLog, type StoredEvent } from '../../src/ports/event-store.js';
import type { ProjectionName } from '../../src/ports/projection.js';
import type { ReadModelReader } from '../../src/ports/read-model/reader.js';
import { Projector } from '../../src/projector/projector.js';
import { testVocabulary } from './test-log.js';
import { withResolvers } from './server.js';

/** The documents of each projection, as text, and the order of each of its indexes. */
export type Contents = Readonly<Record<string, readonly string[]>>;

const ALL = { from: '', to: '\u{10ffff}' };
const INDEX_LIMIT = 100_000;
/** More than any log of a test has. */
const EVENTS_MAX = 1_000_000;

/** What read models hold. */
export async function contentsOf(reader: ReadModelReader): Promise<Contents> {
  const contents: Record<string, readonly string[]> = {};
  for (const { name, indexes } of PROJECTIONS) {
    await reader.snapshot([name], LOG_START, async (readers) => {
      const documents = readers[name];
      const rows = await documents.range(ALL.from, ALL.to);
      contents[name] = rows.map(({ key, body }) => `${key} ${JSON.stringify(body)}`);
      for (const index of indexes) {
        const page = await documents.page({ index, limit: INDEX_LIMIT });
        contents[`${name} by ${index}`] = page.map(({ key, value }) => `${String(value)} ${key}`);
      }
    });
  }
  return contents;
}

/** The versions of the projections as they are. */
export const VERSIONS = Object.fromEntries(
  PROJECTIONS.map(({ name, version }) => [name, version]),
) as Record<ProjectionName, number>;

/** What the read models of a data folder hold; no server may be at work there. */
export async function storedContents(dataDir: string): Promise<Contents> {
  const reader = new EmbeddedReadModelReader(join(dataDir, 'read-models'), VERSIONS);
  try {
    return await contentsOf(reader);
  } finally {
    await reader.close();
  }
}

/** Every event of a data folder's log. */
export async function storedEvents(dataDir: string): Promise<readonly StoredEvent[]> {
  const log = new EmbeddedEventLog(join(dataDir, 'events.db'));
  try {
    return (await log.readAll(LOG_START, EVENTS_MAX)).events;
  } finally {
    await log.close();
  }
}

/** What the read models of a data folder should hold. */
export async function recomputedContents(dataDir: string): Promise<Contents> {
  const log = new EmbeddedEventLog(join(dataDir, 'events.db'));
  try {
    return await recomputed(log);
  } finally {
    await log.close();
  }
}

/** What the read models of a log should hold: it is folded in one pass, in memory. */
export async function recomputed(log: EventLog): Promise<Contents> {
  const store = new MemoryReadModelStore();
  const head = await log.head();
  const done = withResolvers<undefined>();
  const projector = await Projector.start({
    storeId: 'recomputation',
    log,
    vocabulary: testVocabulary(log),
    writer: store,
    projections: PROJECTIONS,
    clock: new NodeClock(),
    batchEventsMax: EVENTS_MAX,
    onProgress: (progress) => {
      if (progress.every(({ scanned }) => scanned >= head)) done.resolve(undefined);
    },
    onStartOver: () => undefined,
    onFailure: (error) => {
      done.reject(error instanceof Error ? error : new Error(String(error)));
    },
  });
  try {
    await done.promise;
    return await contentsOf(store);
  } finally {
    await projector.stop();
  }
}
