import fc from 'fast-check';
import { sessions } from '../../projections/sessions.js';
import { FIGURES } from '../../src/domain/figures/session-sums.js';
import { NO_COUNTS, PLACE } from '../../src/domain/figures/figure-counts.js';
import { ALL_SLOTS, placeAmongAll, placeInTitle } from '../../src/domain/figures/session-places.js';
import type { SessionRow } from '../../src/domain/figures/session-row.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS, type Stretch } from '../../src/domain/time.js';
import { LOG_START } from '../../src/ports/event-store.js';
import { RETIRES_AT } from '../../src/ports/projection.js';
import type { DocumentWrite } from '../../src/ports/read-model/documents.js';
import type { Generation } from '../../src/ports/read-model/generation.js';
import type { RetentionQuestion, Slice, SliceAnswer } from '../../src/ports/read-model/slices.js';
import { retentionOf, sliceOf } from '../support/memory/memory-slices.js';
import {
  laterState,
  SLICED_DAY,
  sessionRows,
  keyOf,
  retentionQuestions,
  RUNS,
  slices,
  TIMEOUT_MS,
  type StoredRow,
} from '../support/random-slices.js';
import {
  generationsOf,
  put,
  puts,
  servingOf,
  start,
  VERSION_1,
  type ReadModelFactory,
  type ReadModels,
} from './read-model-store.js';
import { documentOf, spec, storesOf } from './stored-sessions.js';

const ALL_PARTS = { uniqueViewers: true, startupTime: true, peak: true };
const BEHIND = { code: 'READ_MODEL_BEHIND' };

/** A session that nothing is known of. */
const ROW: SessionRow = {
  mediaId: 'm1',
  sessionId: 's1',
  startedAt: SLICED_DAY,
  lastAt: SLICED_DAY,
  lastRecordedAt: SLICED_DAY,
  state: 'PLAYING',
  liveAt: SLICED_DAY,
  endReason: '',
  quality: 'AUTO',
  counts: NO_COUNTS.with(PLACE.sessions, 1),
  minutes: [],
};

/** A question about everything on the day. */
const ALL_DAY: Slice = {
  stretches: [{ from: SLICED_DAY, to: SLICED_DAY + DAY_MS }],
  filters: [],
  parts: ALL_PARTS,
  slots: ALL_SLOTS,
};

/** Returns the document of a session. */
const documentIn = (one: StoredRow): DocumentWrite => documentOf(keyOf(one), one.row);

const storedAs = (...rows: readonly SessionRow[]): readonly DocumentWrite[] =>
  rows.map((row) => documentIn({ mediaId: row.mediaId, row }));

/** Makes answers comparable: their groups are in no order. */
const inOrder = (answers: readonly SliceAnswer[]): readonly SliceAnswer[] =>
  answers.map(({ groups, ...rest }) => ({
    ...rest,
    groups: [...groups].sort((a, b) => a.stretch - b.stretch || (a.value < b.value ? -1 : 1)),
  }));

/** Compares a store's answers with the reference's. */
async function expectAnswers(
  { reader }: ReadModels,
  questions: readonly Slice[],
  rows: Iterable<SessionRow>,
): Promise<void> {
  const all = [...rows];
  const answers = await reader.slices(LOG_START, questions);
  expect(inOrder(answers)).toEqual(inOrder(questions.map((question) => sliceOf(all, question))));
}

async function startWith(models: ReadModels, ...rows: readonly SessionRow[]): Promise<Generation> {
  const { writer } = models;
  return writer.commit(await start(writer, spec), puts(1, ...storedAs(...rows)));
}

/** Stretches one behind the other. */
const inARow = (lengths: readonly number[], from = SLICED_DAY): readonly Stretch[] => {
  let next = from;
  return lengths.map((length) => ({ from: next, to: (next += length) }));
};

/** Finds two titles that share a number, and so places in the index of titles. */
function titlesOfOneNumber(): readonly [string, string] {
  const known = new Map<number, string>();
  for (let i = 0; ; i += 1) {
    const mediaId = `title-${String(i)}`;
    const row = { ...ROW, mediaId };
    const number = placeInTitle(row) - placeAmongAll(row);
    const other = known.get(number);
    if (other !== undefined) return [other, mediaId];
    known.set(number, mediaId);
  }
}

/** What every read-model store has to answer about sessions; the factory gives an empty one. */
export function describeSlices(name: string, factory: ReadModelFactory): void {
  describe(`slices: ${name}`, () => {
    const current = storesOf(factory);
    describeRandomSlices(current);
    describeNumbersAndPlaces(current);
    describeStates(current, factory);
  });
}

type Current = () => ReadModels;

function describeRandomSlices(models: Current): void {
  const runs = fc.record({
    first: fc.array(sessionRows, { minLength: 1, maxLength: 40 }),
    later: fc.array(sessionRows, { maxLength: 20 }),
    retiredDays: fc.integer({ min: -1, max: 4 }),
    questions: fc.array(slices, { minLength: 1, maxLength: 8 }),
    curves: fc.array(retentionQuestions, { minLength: 1, maxLength: 2 }),
  });

  test(
    'of random sessions are what a look at each of them gives, also after they have changed',
    async () => {
      const check = async (run: Run): Promise<void> => checkRun(models(), run);
      await fc.assert(fc.asyncProperty(runs, check), RUNS);
    },
    TIMEOUT_MS,
  );
}

interface Run {
  readonly first: readonly StoredRow[];
  readonly later: readonly StoredRow[];
  readonly retiredDays: number;
  readonly questions: readonly Slice[];
  readonly curves: readonly RetentionQuestion[];
}

async function checkRun(
  models: ReadModels,
  { first, later, retiredDays, questions, curves }: Run,
): Promise<void> {
  const { writer } = models;
  // Sums are kept beside the sessions.
  const sum = put(FIGURES.key('', 'day', 1), { [RETIRES_AT]: SLICED_DAY }, NO_COUNTS);
  const stored = new Map(first.map((one) => [keyOf(one), one]));
  const check = async (): Promise<void> => {
    const rows = [...stored.values()].map(({ row }) => row);
    await expectAnswers(models, questions, rows);
    for (const curve of curves) {
      expect(await models.reader.retention(LOG_START, curve)).toEqual(retentionOf(rows, curve));
    }
  };
  const documents = [...stored.values()].map(documentIn);
  const started = await writer.commit(await start(writer, spec), puts(1, sum, ...documents));
  await check();
  const changed = new Map(
    later.map((one) => [keyOf(one), laterState(stored.get(keyOf(one)), one)]),
  );
  for (const [key, one] of changed) stored.set(key, one);
  await writer.commit(started, puts(2, ...[...changed.values()].map(documentIn)));
  await check();
  const before = SLICED_DAY + retiredDays * DAY_MS;
  for (const [key, one] of stored) {
    if ((documentIn(one).indexValues[RETIRES_AT] ?? Infinity) < before) stored.delete(key);
  }
  await writer.retire(started, before);
  await check();
}

function describeNumbersAndPlaces(models: Current): void {
  test('add up exactly to 2 ** 53', async () => {
    const rows = [2 ** 53 - 2 ** 31 - 2 ** 32, 2 ** 32 - 1, 2 ** 31 - 1, 1, 1].map((bytes, i) => ({
      ...ROW,
      sessionId: `s${String(i)}`,
      counts: ROW.counts.with(PLACE.bytes, bytes).with(PLACE.watchedMs, 2 ** 31 - 1),
    }));
    await startWith(models(), ...rows);
    const [answer] = await models().reader.slices(LOG_START, [ALL_DAY]);
    const { counts = [] } = answer?.groups[0]?.totals ?? {};
    expect(counts[PLACE.bytes]).toBe(2 ** 53);
    expect(counts[PLACE.watchedMs]).toBe(5 * (2 ** 31 - 1));
    await expectAnswers(models(), [ALL_DAY, { ...ALL_DAY, by: 'MEDIA' }], rows);
  });

  test('that pass what a number holds exactly are sums all the same, off by a rounding', async () => {
    // A session may hold a million events of 2 ** 40 bytes: 1.2e18, where 2 ** 53 is 9e15.
    const most = 1_000_000 * 2 ** 40;
    const rows = [most, most, 2 ** 53 - 1, 2 ** 40, 1].map((bytes, i) => ({
      ...ROW,
      sessionId: `s${String(i)}`,
      counts: ROW.counts.with(PLACE.bytes, bytes),
    }));
    await startWith(models(), ...rows);
    const [answer] = await models().reader.slices(LOG_START, [ALL_DAY]);
    const { counts = [] } = answer?.groups[0]?.totals ?? {};
    const exact = 2n * BigInt(most) + 2n ** 53n + 2n ** 40n;
    const offBy = Math.abs(Number(BigInt(counts[PLACE.bytes] ?? 0) - exact));
    expect(offBy / Number(exact)).toBeLessThan(1e-15);
    expect(counts[PLACE.views]).toBe(rows.length * (ROW.counts[PLACE.views] ?? 0));
  });

  test('of titles that share a number are told apart', async () => {
    const [one, other] = titlesOfOneNumber();
    const rows = [one, other, 'third'].map((mediaId) => ({ ...ROW, mediaId }));
    await startWith(models(), ...rows);
    const questions = [[one], [other], [one, other], ['third', one], [], ['nobody']];
    await expectAnswers(
      models(),
      questions.map((mediaIds) => ({ ...ALL_DAY, mediaIds, by: 'MEDIA' })),
      rows,
    );
  });

  test('by the code of an error are by that of the failure, where there is one', async () => {
    const failed: SessionRow = { ...ROW, errorCode: 'first', failureCode: 'last' };
    const rows = [failed, { ...ROW, sessionId: 's2', errorCode: 'first' }];
    await startWith(models(), ...rows);
    const filtered = (value: string, exclude: boolean): Slice => ({
      ...ALL_DAY,
      filters: [{ dimension: 'ERROR_CODE', anyOf: [value], exclude }],
    });
    const questions = ['first', 'last', ''].flatMap((value) => [
      filtered(value, false),
      filtered(value, true),
    ]);
    await expectAnswers(models(), [...questions, { ...ALL_DAY, by: 'ERROR_CODE' }], rows);
    const [answer] = await models().reader.slices(LOG_START, questions);
    expect(answer?.groups[0]?.totals.counts[PLACE.sessions]).toBe(1);
  });

  test('may have two thousand stretches, even or not', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => {
      const startedAt = SLICED_DAY + i * 50 * MINUTE_MS;
      const minute = startedAt / MINUTE_MS;
      return {
        ...ROW,
        sessionId: `s${String(i)}`,
        viewerId: `u${String(i % 5)}`,
        startupBucket: i % 3,
        startedAt,
        minutes: [minute, minute + (i % 50), minute + 100, minute + 100 + i],
      };
    });
    await startWith(models(), ...rows);
    const quarters = new Array<number>(2_000).fill(QUARTER_MS);
    const questions = [
      inARow(new Array<number>(2_000).fill(MINUTE_MS)),
      inARow(quarters, SLICED_DAY - 20 * DAY_MS),
      inARow(quarters.map((length, i) => (i % 90 === 0 ? HOUR_MS : length))),
      inARow(
        [23, 24, 25, 24].map((hours) => hours * HOUR_MS),
        SLICED_DAY - 2 * HOUR_MS,
      ),
    ].flatMap((stretches) => [
      { ...ALL_DAY, stretches },
      { ...ALL_DAY, stretches, by: 'CDN' as const },
    ]);
    await expectAnswers(models(), questions, rows);
  });

  test('find sessions that were watched long after their start, and long before', async () => {
    const minute = SLICED_DAY / MINUTE_MS;
    const rows = [
      { ...ROW, startedAt: SLICED_DAY - 300 * DAY_MS, minutes: [minute + 5, minute + 5] },
      { ...ROW, startedAt: SLICED_DAY + 300 * DAY_MS, minutes: [minute + 5, minute + 7] },
      { ...ROW, minutes: [minute, minute, minute + 10_000, minute + 10_000] },
    ].map((row, i) => ({ ...row, sessionId: `s${String(i)}` }));
    await startWith(models(), ...rows);
    const questions = [ALL_DAY, { ...ALL_DAY, mediaIds: ['m1'] }];
    await expectAnswers(models(), questions, rows);
    const [answer] = await models().reader.slices(LOG_START, questions);
    const peak = { sessions: 2, at: SLICED_DAY + 5 * MINUTE_MS };
    expect(answer?.groups[0]?.totals.peak).toEqual(peak);
  });
}

function describeStates(models: Current, factory: ReadModelFactory): void {
  test('hold no minute that a session has no more, on whatever day it was', async () => {
    const { writer } = models();
    const nextDay = SLICED_DAY + DAY_MS;
    const midnight = nextDay / MINUTE_MS;
    const question = { ...ALL_DAY, stretches: inARow([DAY_MS, DAY_MS], nextDay) };
    const around: SessionRow = { ...ROW, minutes: [midnight - 9, midnight + 9] };
    const other: SessionRow = { ...around, sessionId: 's2' };
    let generation = await startWith(models(), around, other);
    await expectAnswers(models(), [question], [around, other]);
    const later: SessionRow = { ...around, minutes: [midnight - 9, midnight + 1_500] };
    const withdrawn: SessionRow = { ...around, minutes: [] };
    for (const [n, state] of [later, withdrawn, around, withdrawn].entries()) {
      generation = await writer.commit(generation, puts(n + 2, ...storedAs(state)));
      await expectAnswers(models(), [question], [state, other]);
    }
  });

  test('of no question are none', async () => {
    await startWith(models(), ROW);
    expect(await models().reader.slices(LOG_START, [])).toEqual([]);
  });

  test('are all of one state while others write', async () => {
    const { writer, reader } = models();
    const state = (n: number) =>
      ['a', 'b'].map((mediaId) => ({ ...ROW, mediaId, counts: ROW.counts.with(PLACE.views, n) }));
    const questions = ['a', 'b'].map((mediaId) => ({ ...ALL_DAY, mediaIds: [mediaId] }));
    let generation = await startWith(models(), ...state(1));
    const looks: Promise<readonly SliceAnswer[]>[] = [];
    for (let n = 2; n <= 30; n += 1) {
      looks.push(reader.slices(LOG_START, questions));
      generation = await writer.commit(generation, puts(n, ...storedAs(...state(n))));
    }
    const seen = (await Promise.all(looks)).map((answers) =>
      answers.map(({ groups }) => groups[0]?.totals.counts[PLACE.views] ?? NaN),
    );
    expect(seen.map(([, b]) => b)).toEqual(seen.map(([a]) => a));
    // What was committed before they were asked for is in them.
    for (const [i, [a]] of seen.entries()) expect(a).toBeGreaterThan(i);
  });

  test('are those of the generation that serves, also after a rebuild', async () => {
    const { writer } = models();
    const generations = generationsOf(writer);
    const serving = await startWith(models(), ROW);
    await generations.begin(spec, 'nothing');
    const building = async (): Promise<Generation> => {
      const [status] = await generations.look([spec]);
      const [claimed] = (status?.building && (await generations.acquire([status.building]))) ?? [];
      if (claimed === undefined) throw new Error('nothing is built, or somebody else has it');
      return claimed;
    };
    const rebuilt = [ROW, { ...ROW, sessionId: 's2' }];
    const built = await writer.commit(await building(), puts(1, ...storedAs(...rebuilt)));
    await expectAnswers(models(), [ALL_DAY], [ROW]);
    await generations.offer(built);
    const ready = await building();
    const end = { kind: 'switched', at: SLICED_DAY, detail: 'more' } as const;
    await generations.promote(serving, ready, end);
    await expectAnswers(models(), [ALL_DAY], rebuilt);
  });

  test('are behind before the sessions are folded, and before the position asked for', async () => {
    const { writer, reader } = models();
    const curve = { ...ALL_DAY, stretch: { from: 0, to: SLICED_DAY }, mediaId: 'm1' };
    await expect(reader.slices(LOG_START, [ALL_DAY])).rejects.toMatchObject(BEHIND);
    await expect(reader.retention(LOG_START, curve)).rejects.toMatchObject(BEHIND);
    const generation = await startWith(models(), ROW);
    // Of a store that is not shared, the process knows itself what has been passed.
    const isThere = (): unknown => reader.slices(2, [ALL_DAY]);
    if (factory.isShared) await expect(isThere()).rejects.toMatchObject(BEHIND);
    await writer.commit(generation, puts(2));
    expect(await reader.slices(2, [ALL_DAY])).toHaveLength(1);
  });

  test('are given up once nobody waits for them', async () => {
    const { reader } = models();
    await startWith(models(), ROW);
    const reason = new Error('nobody waits');
    const curve = { ...ALL_DAY, stretch: { from: 0, to: SLICED_DAY }, mediaId: 'm1' };
    const early = AbortSignal.abort(reason);
    await expect(reader.slices(LOG_START, [ALL_DAY], early)).rejects.toBe(reason);
    await expect(reader.retention(LOG_START, curve, early)).rejects.toBe(reason);
    const end = new AbortController();
    const asked = reader.slices(LOG_START, new Array<Slice>(1_000).fill(ALL_DAY), end.signal);
    end.abort(reason);
    await expect(asked).rejects.toBe(reason);
    expect(await reader.slices(LOG_START, [ALL_DAY])).toHaveLength(1);
  });

  test('are behind in another version than the reader wants', async () => {
    const wantsNewer = await factory.create({ ...VERSION_1, sessions: sessions.version + 1 });
    try {
      await startWith(wantsNewer, ROW);
      expect(await servingOf(wantsNewer.writer, spec)).toBeDefined();
      const asked = wantsNewer.reader.slices(LOG_START, [ALL_DAY]);
      await expect(asked).rejects.toMatchObject(BEHIND);
    } finally {
      await wantsNewer.reader.close();
      await wantsNewer.writer.close();
    }
  });
}
