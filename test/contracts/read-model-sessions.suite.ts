import fc from 'fast-check';
import { SESSION } from '../../src/domain/figures/session-places.js';
import { PLACE } from '../../src/domain/figures/figure-counts.js';
import {
  rankOfSession,
  SESSION_ORDERS,
  type SessionPlace,
} from '../../src/domain/figures/session-order.js';
import type { SessionRow } from '../../src/domain/figures/session-row.js';
import { DAY_MS } from '../../src/domain/time.js';
import { LOG_START } from '../../src/ports/event-store.js';
import type { DocumentWrite } from '../../src/ports/read-model/documents.js';
import type {
  ListedSession,
  SessionListQuestion,
} from '../../src/ports/read-model/session-list.js';
import { sessionListOf } from '../support/memory/memory-session-list.js';
import {
  keyOf,
  RUNS,
  sessionRows,
  SLICED_DAY,
  slices,
  TIMEOUT_MS,
  type StoredRow,
} from '../support/random-slices.js';
import { puts, start, type ReadModelFactory, type ReadModels } from './read-model-store.js';
import { documentOf, spec, storesOf } from './stored-sessions.js';

const EVERYTHING = { from: SLICED_DAY - 2 * DAY_MS, to: SLICED_DAY + 5 * DAY_MS };

const documentIn = ({ key, row }: ListedSession): DocumentWrite => documentOf(key, row);

/** Sessions that have failed or not, and may have a startup time. */
const rows: fc.Arbitrary<StoredRow> = fc
  .record({
    stored: sessionRows,
    failures: fc.nat(1),
    startupMs: fc.option(fc.nat(3), { nil: undefined }),
  })
  .map(({ stored: { mediaId, row }, failures, startupMs }) => ({
    mediaId,
    row: {
      ...row,
      counts: row.counts.with(PLACE.startFailures, failures),
      ...(startupMs !== undefined && { startupMs }),
    },
  }));

const conditions = fc.record(
  {
    viewerId: fc.constantFrom('u1', '$u1', 'nobody'),
    sessionId: fc.constantFrom('s1', '$s1'),
    failed: fc.boolean(),
    minRebufferRatio: fc.constantFrom(0, 0.25, 0.5, 1),
  },
  { requiredKeys: [] },
);

const questions: fc.Arbitrary<SessionListQuestion> = fc
  .record({
    slice: slices,
    isEverything: fc.boolean(),
    isPlain: fc.boolean(),
    given: conditions,
    orderBy: fc.constantFrom(...SESSION_ORDERS, 'EARLIEST' as const),
    limit: fc.integer({ min: 1, max: 12 }),
  })
  .map(({ slice, isEverything, isPlain, given, orderBy, limit }) => {
    const { stretches, mediaIds, filters } = slice;
    const [from, to] = [stretches[0]?.from ?? 0, stretches.at(-1)?.to ?? 0];
    return {
      started: isEverything ? EVERYTHING : { from, to },
      filters: isPlain ? [] : filters,
      ...(!isPlain && given),
      ...(!isPlain && mediaIds !== undefined && { mediaIds }),
      orderBy,
      limit,
    };
  });

/** Reads all pages. */
async function joined(
  { reader }: ReadModels,
  question: SessionListQuestion,
): Promise<readonly ListedSession[]> {
  const all: ListedSession[] = [];
  for (let after: SessionPlace | undefined; ;) {
    const page = await reader.sessions(LOG_START, { ...question, ...(after && { after }) });
    expect(page.length).toBeLessThanOrEqual(question.limit);
    all.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < question.limit) return all;
    const { key, row } = last;
    after = { rank: rankOfSession(row, question.orderBy), startedAt: row.startedAt, key };
  }
}

/** What every read-model store has to list of sessions; the factory gives an empty one. */
export function describeSessionLists(name: string, factory: ReadModelFactory): void {
  describe(`lists of sessions: ${name}`, () => {
    const models = storesOf(factory);

    test(
      'give, page by page, what a look at each session and a sort of all give',
      async () => {
        const run = fc.record({
          stored: fc.array(rows, { minLength: 1, maxLength: 40 }),
          asked: fc.array(questions, { minLength: 1, maxLength: 6 }),
        });
        const property = fc.asyncProperty(run, async ({ stored, asked }) => {
          const all = new Map(stored.map((one) => [keyOf(one), one.row]));
          const listed = [...all].map(([key, row]) => ({ key, row }));
          const generation = await start(models().writer, spec);
          await models().writer.commit(generation, puts(1, ...listed.map(documentIn)));
          for (const question of asked) {
            const whole = sessionListOf(listed, { ...question, limit: Infinity });
            expect(await joined(models(), question)).toEqual(whole);
          }
        });
        await fc.assert(property, RUNS);
      },
      TIMEOUT_MS,
    );

    test('order equal sessions by their keys as UTF-8, which UTF-16 orders otherwise', async () => {
      const [template] = fc.sample(sessionRows, { numRuns: 1, seed: 1 });
      if (template === undefined) throw new Error('no session');
      const row: SessionRow = { ...template.row, startedAt: SLICED_DAY };
      const listed = ['\u{1f600}', '\uffee', 'a'].map((sessionId) => ({
        key: SESSION.key(row.mediaId, sessionId, row.view ?? 0),
        row: { ...row, sessionId },
      }));
      const generation = await start(models().writer, spec);
      await models().writer.commit(generation, puts(1, ...listed.map(documentIn)));
      for (const orderBy of [...SESSION_ORDERS, 'EARLIEST'] as const) {
        const question = { started: EVERYTHING, filters: [], orderBy, limit: 1 };
        const found = await joined(models(), question);
        expect(found.map((one) => one.row.sessionId)).toEqual(['a', '\uffee', '\u{1f600}']);
      }
    });

    test('are given up once nobody waits for them', async () => {
      const [template] = fc.sample(sessionRows, { numRuns: 1, seed: 1 });
      if (template === undefined) throw new Error('no session');
      const { mediaId, row } = template;
      const generation = await start(models().writer, spec);
      const stored = documentOf(keyOf({ mediaId, row }), { ...row, startedAt: SLICED_DAY });
      await models().writer.commit(generation, puts(1, stored));
      const question = { started: EVERYTHING, filters: [], orderBy: 'STARTED', limit: 1 } as const;
      const reason = new Error('nobody waits');
      const asked = models().reader.sessions(LOG_START, question, AbortSignal.abort(reason));
      await expect(asked).rejects.toBe(reason);
      expect(await models().reader.sessions(LOG_START, question)).toHaveLength(1);
    });

    test('are not there before a read model serves', async () => {
      const question = { started: EVERYTHING, filters: [], orderBy: 'STARTED', limit: 1 } as const;
      const behind = { code: 'READ_MODEL_BEHIND' };
      await expect(models().reader.sessions(LOG_START, question)).rejects.toMatchObject(behind);
    });
  });
}
