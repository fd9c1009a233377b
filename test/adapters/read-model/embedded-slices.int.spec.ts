import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import Database from 'libsql';
import { sessions } from '../../../projections/sessions.js';
import { SESSION } from '../../../src/domain/figures/session-places.js';
import { EmbeddedReadModelReader } from '../../../src/adapters/read-model/embedded/embedded-read-model-reader.js';
import { Slicer } from '../../../src/adapters/read-model/embedded/slices/slicer.js';
import {
  SlicerThread,
  startSlicer,
} from '../../../src/adapters/read-model/embedded/slices/slicer-thread.js';
import { NO_COUNTS, PLACE } from '../../../src/domain/figures/figure-counts.js';
import { ALL_SLOTS, slotOf } from '../../../src/domain/figures/session-places.js';
import type { SessionRow } from '../../../src/domain/figures/session-row.js';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/time.js';
import type { DocumentWrite } from '../../../src/ports/read-model/documents.js';
import { specOf, type Generation } from '../../../src/ports/read-model/generation.js';
import type { Slice, SliceAnswer } from '../../../src/ports/read-model/slices.js';
import { generationsOf, put, puts, start, VERSION_1 } from '../../contracts/read-model-store.js';
import { EmbeddedReadModels } from '../../support/embedded-read-models.js';
import { sliceOf } from '../../support/memory/memory-slices.js';
import { laterState, SLICED_DAY, sessionRows, slices } from '../../support/random-slices.js';

const MUCH = 2 ** 28;

let place: EmbeddedReadModels;
beforeEach(() => {
  place = new EmbeddedReadModels();
});
afterEach(() => place.remove());

const spec = specOf(sessions, 'log-1');
const ALL_DAY: Slice = {
  stretches: [{ from: SLICED_DAY, to: SLICED_DAY + DAY_MS }],
  filters: [],
  parts: { uniqueViewers: true, startupTime: true, peak: true },
  slots: ALL_SLOTS,
};
const ROW: SessionRow = {
  ...{ mediaId: 'm1', sessionId: 's1', endReason: '', quality: 'AUTO', minutes: [] },
  ...{ startedAt: SLICED_DAY, lastAt: SLICED_DAY, lastRecordedAt: SLICED_DAY },
  ...{ state: 'PLAYING', liveAt: SLICED_DAY },
  counts: NO_COUNTS.with(PLACE.sessions, 1),
};

const slicers: Slicer[] = [];
/** Makes one that is closed after the test. */
function slicerOf(bytesMax: number): Slicer {
  const slicer = new Slicer(bytesMax);
  slicers.push(slicer);
  return slicer;
}
afterEach(() => {
  for (const slicer of slicers.splice(0)) slicer.close();
});

/** A generation of sessions that a test writes past the store, and its file. */
class Sessions {
  readonly rows = new Map<string, SessionRow>();
  private readonly writer = place.openWriter();
  private generation: Generation | undefined;

  get path(): string {
    const { version = NaN, number = NaN } = this.generation ?? {};
    return join(place.folder, `sessions.v${String(version)}.g${String(number)}.db`);
  }

  async put(...rows: readonly SessionRow[]): Promise<void> {
    for (const row of rows) this.rows.set(keyOf(row), row);
    await this.commit(rows.map(documentOf));
  }

  async delete(...rows: readonly SessionRow[]): Promise<void> {
    for (const row of rows) this.rows.delete(keyOf(row));
    await this.commit([], rows.map(keyOf));
  }

  async startOver(): Promise<void> {
    this.rows.clear();
    this.generation = await start(this.writer, spec);
  }

  close(): Promise<void> {
    return this.writer.close();
  }

  private async commit(
    documents: readonly DocumentWrite[],
    deletes: readonly string[] = [],
  ): Promise<void> {
    this.generation ??= await start(this.writer, spec);
    const write = { ...puts(this.generation.checkpoint + 1, ...documents), deletes };
    this.generation = await this.writer.commit(this.generation, write);
  }
}

const keyOf = ({ mediaId, sessionId, view = 0 }: SessionRow): string =>
  SESSION.key(mediaId, sessionId, view);

function documentOf(row: SessionRow): DocumentWrite {
  const key = keyOf(row);
  return put(key, sessions.indexValuesOf(row, key), row);
}

const inOrder = (answers: readonly SliceAnswer[]): readonly SliceAnswer[] =>
  answers.map(({ groups, ...rest }) => ({
    ...rest,
    groups: [...groups].sort((a, b) => a.stretch - b.stretch || (a.value < b.value ? -1 : 1)),
  }));

function expectAnswers(slicer: Slicer, stored: Sessions, questions: readonly Slice[]): void {
  const answers = slicer.answer({ path: stored.path, questions });
  const all = [...stored.rows.values()];
  expect(inOrder(answers)).toEqual(inOrder(questions.map((question) => sliceOf(all, question))));
}

describe('blocks of sessions', () => {
  test('give the same as a look at every session, however often those change and however few fit', async () => {
    const rows = fc.array(sessionRows, { maxLength: 15 });
    const steps = fc.array(fc.record({ rows, gone: fc.nat(3) }), { minLength: 1, maxLength: 6 });
    const questions = fc.array(slices, { minLength: 1, maxLength: 3 });
    const stored = new Sessions();
    const property = fc.asyncProperty(steps, questions, async (all, asked) => {
      const some = [MUCH, 3 * 2 ** 14, 0].map(slicerOf);
      await stored.startOver();
      for (const step of all) {
        const changed = step.rows.map(({ mediaId, row }) => {
          const before = stored.rows.get(keyOf(row));
          return laterState(before && { mediaId, row: before }, { mediaId, row }).row;
        });
        await stored.put(...new Map(changed.map((row) => [keyOf(row), row])).values());
        await stored.delete(...[...stored.rows.values()].slice(0, step.gone));
        for (const slicer of some) expectAnswers(slicer, stored, asked);
      }
      for (const slicer of some) slicer.close();
    });
    await fc.assert(property, { numRuns: 20 });
    await stored.close();
  }, 300_000);

  test('of some slots lose a session that gets its viewer later', async () => {
    const stored = new Sessions();
    const slicer = slicerOf(MUCH);
    const known = { ...ROW, viewerId: 'u1' };
    const [from, other] = [slotOf(ROW), slotOf(known)];
    expect(from).not.toBe(other);
    const questions = [from, other].map((slot) => ({
      ...ALL_DAY,
      slots: { from: slot, before: slot + 1 },
    }));
    const others = { ...ROW, sessionId: 's2', viewerId: 'u1' };
    for (const rows of [[ROW], [others], [ROW], [known], [ROW], [known]]) {
      await stored.put(...rows);
      expectAnswers(slicer, stored, questions);
    }
    await stored.close();
  });

  test('are changed in place: what was read once is not read again', async () => {
    const stored = new Sessions();
    const slicer = slicerOf(MUCH);
    const past = { ...ROW, sessionId: 'past', startedAt: SLICED_DAY - DAY_MS };
    await stored.put(past, ROW);
    const questions = [
      { ...ALL_DAY, stretches: [{ from: SLICED_DAY - DAY_MS, to: SLICED_DAY + DAY_MS }] },
    ];
    const minute = SLICED_DAY / MINUTE_MS;
    for (let i = 1; i <= 3_000; i += 500) {
      const minutes = Array.from({ length: 2 * i }, (_, at) => minute + 2 * at - (at % 2));
      await stored.put({ ...ROW, minutes });
      expectAnswers(slicer, stored, questions);
    }
    // Past the list of changes, nobody notices: the block of the past is not read again.
    const name = stored.path.slice(place.folder.length + 1);
    place.change(name, `UPDATE documents SET body = '{}' WHERE key LIKE '%past%'`);
    expectAnswers(slicer, stored, questions);
    await stored.close();
  });

  test('keep within their bytes, but for the last one, and work beyond them', async () => {
    const stored = new Sessions();
    const rows = Array.from({ length: 400 }, (_, i) => ({
      ...ROW,
      sessionId: `s${String(i)}`,
      viewerId: `u${String(i % 50)}`,
      startedAt: SLICED_DAY + (i % 40) * DAY_MS,
    }));
    await stored.put(...rows);
    const stretches = [{ from: SLICED_DAY, to: SLICED_DAY + 40 * DAY_MS }];
    const roomy = slicerOf(MUCH);
    expectAnswers(roomy, stored, [{ ...ALL_DAY, stretches }]);
    const small = slicerOf(roomy.bytes / 4);
    for (let i = 0; i < 3; i += 1) {
      expectAnswers(small, stored, [{ ...ALL_DAY, stretches }]);
      expect(small.bytes).toBeLessThanOrEqual(roomy.bytes / 4);
    }
    await stored.close();
  });

  test('are forgotten where the list of changes does not say enough', async () => {
    const stored = new Sessions();
    const slicer = slicerOf(MUCH);
    const many = (views: number) =>
      Array.from({ length: 5_001 }, (_, i) => ({
        ...ROW,
        sessionId: `s${String(i)}`,
        counts: ROW.counts.with(PLACE.views, views),
      }));
    for (const views of [1, 2]) {
      await stored.put(...many(views));
      expectAnswers(slicer, stored, [ALL_DAY]);
    }
    // The rows that would tell of the change are cut off.
    await stored.put({ ...ROW, sessionId: 'more' });
    const name = stored.path.slice(place.folder.length + 1);
    place.change(
      name,
      'INSERT INTO changes SELECT max(number) + 9, NULL FROM changes;' +
        'UPDATE changes SET keys = json_array() WHERE keys IS NULL;' +
        'DELETE FROM changes WHERE number < (SELECT max(number) FROM changes)',
    );
    expectAnswers(slicer, stored, [ALL_DAY]);
    await stored.close();
  });

  test('are those of one file: another generation has others', async () => {
    const stored = new Sessions();
    const slicer = slicerOf(MUCH);
    await stored.put(ROW);
    expectAnswers(slicer, stored, [ALL_DAY]);
    await stored.startOver();
    await stored.put({ ...ROW, sessionId: 's2', viewerId: 'u1' });
    expectAnswers(slicer, stored, [ALL_DAY]);
    await stored.close();
  });
});

test('the list of changes is cut off behind the latest', async () => {
  const stored = new Sessions();
  await stored.put(ROW);
  const name = stored.path.slice(place.folder.length + 1);
  place.change(name, `INSERT INTO changes SELECT max(number) + 300000, '[]' FROM changes`);
  for (let i = 0; i < 64; i += 1) await stored.put(ROW);
  await stored.close();
  const connection = new Database(stored.path);
  const numbers = connection.prepare('SELECT min(number), max(number) FROM changes').raw().get();
  connection.close();
  expect(numbers).toEqual([300_001, 300_065]);
});

describe('the thread of slices', () => {
  const workers: Worker[] = [];
  const create = (): Worker => {
    const worker = startSlicer();
    workers.push(worker);
    return worker;
  };
  const request = (stored: Sessions) => ({ path: stored.path, questions: [ALL_DAY] });

  test('is started at the first question, and again after it has died', async () => {
    const stored = new Sessions();
    await stored.put(ROW);
    const thread = new SlicerThread(create);
    expect(workers).toHaveLength(0);
    expect(await thread.slices(request(stored))).toHaveLength(1);
    expect(await thread.slices(request(stored))).toHaveLength(1);
    expect(workers).toHaveLength(1);
    // More questions than it can answer before it dies.
    const many = { ...request(stored), questions: new Array<Slice>(200_000).fill(ALL_DAY) };
    const asked = [thread.slices(many), thread.slices(request(stored))];
    const outcomes = Promise.allSettled(asked);
    await workers[0]?.terminate();
    const unavailable = { status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } };
    expect(await outcomes).toMatchObject([unavailable, unavailable]);
    expect(await thread.slices(request(stored))).toHaveLength(1);
    expect(workers).toHaveLength(2);
    await thread.close();
    await expect(thread.slices(request(stored))).rejects.toThrow('closed');
    await stored.close();
  });

  test('stops amid an answer that is given up, and goes on with the next', async () => {
    const stored = new Sessions();
    await stored.put(ROW);
    const thread = new SlicerThread(create);
    expect(await thread.slices(request(stored))).toHaveLength(1);
    const begun = workers.length;
    const many = { ...request(stored), questions: new Array<Slice>(400_000).fill(ALL_DAY) };
    const end = new AbortController();
    const reason = new Error('nobody waits');
    const asked = thread.slices(many, end.signal);
    setTimeout(() => {
      end.abort(reason);
    }, 50);
    await expect(asked).rejects.toBe(reason);
    expect(await thread.slices(request(stored), AbortSignal.timeout(60_000))).toHaveLength(1);
    expect(workers).toHaveLength(begun);
    await thread.close();
    await stored.close();
  });

  test('tells of a damaged file, which is then made anew', async () => {
    const versions = { ...VERSION_1, sessions: sessions.version };
    const reader = new EmbeddedReadModelReader(place.folder, versions);
    const stored = new Sessions();
    await stored.put(ROW);
    const name = stored.path.slice(place.folder.length + 1);
    place.change(name, `UPDATE documents SET body = '{'`);
    const unavailable = { code: 'STORE_UNAVAILABLE', message: 'sessions cannot be read' };
    await expect(reader.slices(0, [ALL_DAY])).rejects.toMatchObject(unavailable);
    await reader.close();
    const [status] = await generationsOf(place.openWriter()).look([spec]);
    expect(status?.serving?.fault).toBeDefined();
    await stored.close();
  });
});
