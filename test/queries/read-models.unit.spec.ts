import { generationsOf } from '../contracts/read-model-store.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { PlayheadError } from '../../src/domain/errors.js';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import type {
  ProjectionControl,
  ProjectionLag,
  ProjectionProgress,
} from '../../src/ports/projection-control.js';
import { LOG_START } from '../../src/ports/event-store.js';
import { NOTHING_PARKED } from '../../src/ports/parked-summary.js';
import type { ParkedNotes } from '../../src/ports/parked-notes.js';
import type { ProjectionName } from '../../src/ports/projection.js';
import type { GenerationWrite, ParkedEvent } from '../../src/ports/read-model/documents.js';
import { NO_PROGRESS } from '../../src/ports/read-model/generation.js';
import type { DocumentReader } from '../../src/ports/read-model/reader.js';
import { IdleSessionsQuery } from '../../src/queries/idle-sessions.query.js';
import { ProjectionsQuery } from '../../src/queries/projections.query.js';
import { ReadModels } from '../../src/queries/read-models.js';
import { RollupWindowQuery } from '../../src/queries/rollup-window.query.js';
import { memoryServers } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { at } from '../support/times.js';

const newServer = memoryServers();
const now = NOON + 34 * MINUTE_MS + 12_345;

/** A projector of which a test says how far it is. */
class Told implements ProjectionControl {
  readonly waitedFor: unknown[] = [];

  constructor(
    private readonly startingOver: readonly ProjectionName[] = [],
    private readonly outcome: Promise<void> = Promise.resolve(),
  ) {}

  progress(): readonly ProjectionProgress[] {
    return (['bandwidth', 'popularity'] as const).map((name) => ({
      name,
      version: 1,
      ...NO_PROGRESS,
      servesFrom: this.startingOver.includes(name) ? 9 : LOG_START,
      scanned: 5,
      generation: 1,
      owner: undefined,
      newerEvents: 0,
      parked: NOTHING_PARKED,
      rebuild: { building: undefined, outcome: undefined, hasPrevious: false },
    }));
  }

  lag(): Promise<readonly ProjectionLag[]> {
    return Promise.resolve([]);
  }

  passed(names: readonly ProjectionName[], position: number): Promise<void> {
    this.waitedFor.push([names, position]);
    return this.outcome;
  }
}

/** Takes down what is noted, as `projection key` or `projection @position`. */
function noted(): ParkedNotes & { readonly all: string[] } {
  const all: string[] = [];
  return {
    all,
    note: (projection, key) => void all.push(`${projection} ${key}`),
    notePosition: (projection, at) => void all.push(`${projection} @${String(at)}`),
  };
}

async function storeOf(...names: readonly ProjectionName[]): Promise<MemoryReadModelStore> {
  const store = new MemoryReadModelStore();
  for (const projection of names) {
    const spec = { projection, version: 1, storeId: 'x', indexes: [], settings: {} };
    const generation = await generationsOf(store).start(spec, {
      replacing: undefined,
      servesFrom: 0,
    });
    const progress = { ...NO_PROGRESS, scanned: 7 };
    if (generation !== undefined) await store.renew(generation, progress);
  }
  return store;
}

describe('the documents for which events are parked', () => {
  const waiting = (position: number, key: string): ParkedEvent => {
    return { position, key, reason: 'broken', parkedAt: 0 };
  };
  const write = (puts: readonly string[], parked: readonly ParkedEvent[]): GenerationWrite => ({
    puts: puts.map((key, i) => ({ key, body: {}, indexValues: { rank: i } })),
    deletes: [],
    checkpoint: 7,
    checkpointId: undefined,
    totals: {},
    parked: { puts: parked, deletes: [] },
    progress: { ...NO_PROGRESS, scanned: 7, parkedEvents: parked.length },
  });

  /** A query on documents a, b and c; events wait for a, for d, for none, and one was given up. */
  async function notesOf(query: (reader: DocumentReader) => Promise<unknown>) {
    const store = new MemoryReadModelStore();
    const place = { projection: 'bandwidth', version: 1, storeId: 'x' } as const;
    const spec = { ...place, indexes: ['rank'], settings: {} };
    const generation = await generationsOf(store).start(spec, {
      replacing: undefined,
      servesFrom: 0,
    });
    if (generation === undefined) throw new Error('it was not started');
    const parked = [waiting(1, 'a'), waiting(2, 'a'), waiting(3, 'd'), waiting(4, '')];
    const givenUp = [5, 6].map((at) => ({ ...waiting(at, at === 5 ? 'b' : ''), skipped: 'no' }));
    await store.commit(generation, write(['a', 'b', 'c'], [...parked, ...givenUp]));
    const notes = noted();
    const models = new ReadModels(store, new Told(), notes);
    await models.read(['bandwidth'], undefined, ({ bandwidth }) => query(bandwidth));
    // What could not be read may be for any document: it is noted whatever is asked.
    expect(notes.all.filter((one) => one.includes('@'))).toEqual(['bandwidth @4']);
    return notes.all.filter((one) => !one.includes('@'));
  }

  it('are noted where they are asked for by key, be they there or not', async () => {
    expect(await notesOf((reader) => reader.get(['a', 'b']))).toEqual(['bandwidth a']);
    expect(await notesOf((reader) => reader.get(['c', 'd']))).toEqual(['bandwidth d']);
  });

  it('are noted where they lie in a range', async () => {
    expect(await notesOf((reader) => reader.range('a', 'z'))).toEqual([
      'bandwidth a',
      'bandwidth d',
    ]);
    expect(await notesOf((reader) => reader.range('b', 'c'))).toEqual([]);
  });

  it('are noted where a page shows them', async () => {
    const page = (limit: number) => (reader: DocumentReader) =>
      reader.page({ index: 'rank', limit, after: { value: -1, key: '' } });
    expect(await notesOf(page(1))).toEqual(['bandwidth a']);
    const rest = { index: 'rank', limit: 9, after: { value: 0, key: 'a' } };
    expect(await notesOf((reader) => reader.page(rest))).toEqual([]);
  });
});

describe('a query', () => {
  const answer = () => Promise.resolve('an answer');

  it('waits for what it reads, as far as it is asked to', async () => {
    const control = new Told();
    const models = new ReadModels(await storeOf('bandwidth', 'popularity'), control, noted());
    expect(await models.read(['bandwidth', 'popularity'], 7, answer)).toBe('an answer');
    expect(control.waitedFor).toEqual([[['bandwidth', 'popularity'], 7]]);
  });

  it('waits for nothing where nothing is asked', async () => {
    const control = new Told();
    const models = new ReadModels(await storeOf('bandwidth'), control, noted());
    expect(await models.read(['bandwidth'], undefined, answer)).toBe('an answer');
    expect(control.waitedFor).toEqual([]);
  });

  it('is not answered where what it reads does not get as far in time', async () => {
    const late = Promise.reject(new PlayheadError('READ_MODEL_BEHIND', 'too late'));
    const models = new ReadModels(await storeOf('bandwidth'), new Told([], late), noted());
    await expect(models.read(['bandwidth'], 7, answer)).rejects.toMatchObject({
      code: 'READ_MODEL_BEHIND',
    });
  });

  it('waits for a read model that is folded anew, and for no other', async () => {
    const control = new Told(['popularity']);
    const models = new ReadModels(await storeOf('bandwidth', 'popularity'), control, noted());
    expect(await models.read(['bandwidth'], undefined, answer)).toBe('an answer');
    expect(control.waitedFor).toEqual([]);
    expect(await models.read(['bandwidth', 'popularity'], undefined, answer)).toBe('an answer');
    expect(control.waitedFor).toEqual([[['bandwidth', 'popularity'], LOG_START]]);
  });

  it('is completed as far as it goes, or as far as it is asked to', async () => {
    const control = new Told(['popularity']);
    const models = new ReadModels(await storeOf('popularity'), control, noted());
    expect(await models.readBeside(['popularity'], undefined, answer)).toBe('an answer');
    expect(control.waitedFor).toEqual([]);
    expect(await models.readBeside(['popularity'], 7, answer)).toBe('an answer');
    expect(control.waitedFor).toEqual([[['popularity'], 7]]);
  });

  it('is not answered from a read model that is folded anew for too long', async () => {
    const late = Promise.reject(new PlayheadError('READ_MODEL_BEHIND', 'too late'));
    const models = new ReadModels(
      await storeOf('popularity'),
      new Told(['popularity'], late),
      noted(),
    );
    await expect(models.read(['popularity'], undefined, answer)).rejects.toMatchObject({
      code: 'READ_MODEL_BEHIND',
    });
  });

  it('is not answered from a read model that is not there', async () => {
    const models = new ReadModels(await storeOf(), new Told(), noted());
    const read = async () => models.read(['bandwidth'], undefined, answer);
    await expect(read()).rejects.toMatchObject({ code: 'READ_MODEL_BEHIND' });
  });
});

describe('the totals of a window', () => {
  it('are its views, its bytes and its media items with a view', async () => {
    const server = await newServer({ now });
    const [inside, outside] = [at('2026-03-18T12:30:00Z'), at('2026-03-18T12:29:59.999Z')];
    await server.record(
      { mediaId: 'm1', eventType: 'SESSION_START', occurredAt: inside, bytesLoaded: 5 },
      { mediaId: 'm1', eventType: 'SESSION_START', occurredAt: now },
      { mediaId: 'm2', eventType: 'SESSION_START', occurredAt: outside, bytesLoaded: 7 },
      { mediaId: 'm3', eventType: 'HEARTBEAT', occurredAt: inside, bytesLoaded: 11 },
    );
    expect(await server.query(new RollupWindowQuery(5, await server.head()))).toEqual({
      windowStart: inside,
      windowEnd: now,
      mediaCount: 1,
      views: 2,
      bytes: 16,
    });
  });

  it('are zeros where nothing happened, and do not reach beyond the retention', async () => {
    const server = await newServer({ now, retentionDays: 1 });
    const windowStart = at('2026-03-17T12:00:00Z');
    expect(await server.query(new RollupWindowQuery(31 * 24 * 60))).toEqual({
      windowStart,
      windowEnd: now,
      mediaCount: 0,
      views: 0,
      bytes: 0,
    });
  });
});

describe('the idle sessions', () => {
  it('are those in which nothing was recorded since, the longest idle first', async () => {
    const server = await newServer({ now: NOON });
    for (const sessionId of ['s1', 's2', 's3', 's4']) {
      await server.record({ mediaId: 'm1', eventType: 'SESSION_START', sessionId });
      server.clock.advance(MINUTE_MS);
    }
    await server.record({ mediaId: 'm1', eventType: 'HEARTBEAT', sessionId: 's1' });
    await server.record({ mediaId: 'm1', eventType: 'SESSION_END', sessionId: 's2' });
    await server.settled();
    const idle = async (since: number, limit = 10) =>
      (await server.query(new IdleSessionsQuery(since, limit))).map(({ sessionId }) => sessionId);
    expect(await idle(NOON + HOUR_MS)).toEqual(['s3', 's4', 's1']);
    expect(await idle(NOON + HOUR_MS, 2)).toEqual(['s3', 's4']);
    expect(await idle(NOON + 2 * MINUTE_MS)).toEqual(['s3']);
    expect(await idle(NOON + 2 * MINUTE_MS - 1)).toEqual([]);
  });
});

describe('the projections', () => {
  it('are all there, live, and not behind once everything is folded', async () => {
    const server = await newServer({ now });
    await server.record({ mediaId: 'm1', eventType: 'SESSION_START' });
    await server.parts.projections.until((told) =>
      told.every(({ scanned, behindSince }) => scanned === 2 && behindSince === undefined),
    );
    const projections = await server.query(new ProjectionsQuery());
    expect(projections.map(({ name }) => name)).toEqual([
      'streaming-analytics',
      'bandwidth',
      'popularity',
      'sessions',
    ]);
    for (const projection of projections) {
      expect(projection).toMatchObject({ scanned: 2, lagSeconds: 0, lagEvents: 0 });
    }
  });
});
