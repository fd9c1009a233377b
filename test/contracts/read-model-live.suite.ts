import fc from 'fast-check';
import { DIMENSIONS } from '../../src/domain/figures/dimensions.js';
import { PLACE } from '../../src/domain/figures/figure-counts.js';
import type { LiveSums } from '../../src/domain/figures/live-sums.js';
import type { SessionRow } from '../../src/domain/figures/session-row.js';
import { MINUTE_MS, minuteOf } from '../../src/domain/time.js';
import { LOG_START } from '../../src/ports/event-store.js';
import type { DocumentWrite } from '../../src/ports/read-model/documents.js';
import { LiveGroups, type LiveQuestion } from '../../src/ports/read-model/live.js';
import {
  keyOf,
  RUNS,
  sessionRows,
  SLICED_DAY,
  slices,
  TIMEOUT_MS,
  type StoredRow,
} from '../support/random-slices.js';
import { puts, start, type ReadModelFactory } from './read-model-store.js';
import { documentOf, spec, storesOf } from './stored-sessions.js';

/** Not at the start of a minute. */
const AT = SLICED_DAY + 20 * MINUTE_MS + 31_000;

const windows = fc.constantFrom(15_000, 75_000, 10 * MINUTE_MS);
/** How long ago something was, mostly within some minutes; a clock ahead has heard it already. */
const ages = fc.oneof(
  { weight: 6, arbitrary: fc.nat(4 * MINUTE_MS) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(0, 60_000, 75_000, 91_000, 151_000, 600_000), fc.nat(2))
      .map(([ms, more]) => ms + more - 1),
  },
  { weight: 1, arbitrary: fc.constantFrom(30 * MINUTE_MS, -MINUTE_MS, -60 * MINUTE_MS) },
);

/** Sessions that were heard of when all that is told of them had happened. */
const rows: fc.Arbitrary<StoredRow> = fc
  .record({
    stored: sessionRows,
    heardAgo: ages,
    liveMs: fc.constantFrom(0, 0, 1, 30_000),
    startedMs: fc.oneof(fc.nat(2_000), fc.nat(5 * MINUTE_MS)),
    lastMs: fc.nat(MINUTE_MS),
    state: fc.constantFrom('STARTING', 'PLAYING', 'STALLED', 'PAUSED'),
    views: fc.constantFrom(0, 1, 1, 1),
    isOver: fc.constantFrom(false, false, true),
    minutesAgo: fc.uniqueArray(fc.nat(5), { maxLength: 3 }),
    bytes: fc.option(fc.tuple(fc.nat(3), fc.nat(9), fc.nat(9)), { nil: undefined }),
  })
  .map(({ stored: { mediaId, row }, ...drawn }) => {
    const lastRecordedAt = AT - drawn.heardAgo;
    const heardIn = minuteOf(lastRecordedAt);
    const minutes = drawn.minutesAgo
      .sort((a, b) => b - a)
      .flatMap((ago) => [heardIn - ago, heardIn - ago]);
    const [ago, latest, before] = drawn.bytes ?? [];
    const made: SessionRow = {
      ...row,
      startedAt: lastRecordedAt - drawn.startedMs,
      lastAt: lastRecordedAt - drawn.lastMs,
      lastRecordedAt,
      liveAt: lastRecordedAt - drawn.liveMs,
      state: drawn.state,
      endReason: drawn.isOver ? row.endReason || 'QUIT' : '',
      counts: row.counts.with(PLACE.views, drawn.views),
      minutes,
      ...(ago !== undefined && { recentBytes: [heardIn - ago, latest ?? 0, before ?? 0] }),
    };
    return { mediaId, row: made };
  });

const questions: fc.Arbitrary<LiveQuestion> = fc.record({
  at: fc.constant(AT),
  windowMs: windows,
  groups: fc.array(
    fc.record({
      filters: slices.map(({ filters }) => filters),
      dimensions: fc.uniqueArray(fc.constantFrom(...DIMENSIONS), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

const documentIn = (one: StoredRow): DocumentWrite => documentOf(keyOf(one), one.row);

/** Sums up all sessions there are, however long ago they were heard of. */
function sumsOf(all: Iterable<StoredRow>, question: LiveQuestion): readonly LiveSums[] {
  const groups = new LiveGroups(question);
  for (const { row } of all) groups.add(row);
  return groups.sums();
}

/** What every read-model store has to answer about who watches; the factory gives an empty one. */
export function describeLive(name: string, factory: ReadModelFactory): void {
  describe(`live: ${name}`, () => {
    const models = storesOf(factory);

    test(
      'who watches is what a look at every session gives, also after they have changed',
      async () => {
        const { reader, writer } = models();
        const stages = fc.record({
          first: fc.array(rows, { minLength: 1, maxLength: 30 }),
          later: fc.array(rows, { maxLength: 15 }),
          question: questions,
        });
        const property = fc.asyncProperty(stages, async ({ first, later, question }) => {
          let generation = await start(writer, spec);
          const known = new Map<string, StoredRow>();
          for (const [i, stage] of [first, later].entries()) {
            const changed = new Map(stage.map((one) => [keyOf(one), one]));
            for (const [key, row] of changed) known.set(key, row);
            const documents = [...changed.values()].map(documentIn);
            generation = await writer.commit(generation, puts(i + 1, ...documents));
            const found = await reader.live(LOG_START, question);
            expect(found).toEqual(sumsOf(known.values(), question));
          }
        });
        await fc.assert(property, RUNS);
      },
      TIMEOUT_MS,
    );

    test('more sessions than are read at once all count', async () => {
      const { reader, writer } = models();
      const [sample] = fc.sample(rows, { numRuns: 1, seed: 1 });
      if (sample === undefined) throw new Error('nothing was drawn');
      const watched: SessionRow = {
        ...sample.row,
        ...{ mediaId: 'm1', state: 'PLAYING', endReason: '' },
        ...{ lastRecordedAt: AT, liveAt: AT, counts: sample.row.counts.with(PLACE.views, 1) },
      };
      const all = Array.from({ length: 4_100 }, (_, i) => ({
        mediaId: 'm1',
        row: { ...watched, sessionId: `s${String(i)}` },
      }));
      await writer.commit(await start(writer, spec), puts(1, ...all.map(documentIn)));
      const groups = [{ filters: [], dimensions: ['MEDIA'] }] as const;
      const [sums] = await reader.live(LOG_START, { at: AT, windowMs: 75_000, groups });
      expect(sums?.viewers).toBe(4_100);
      expect(sums?.viewersBy.MEDIA).toEqual(new Map([['m1', 4_100]]));
    });
  });
}
