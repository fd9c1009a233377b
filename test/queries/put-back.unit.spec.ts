import { setTimeout as pause } from 'node:timers/promises';
import { HOUR_MS } from '../../src/domain/time.js';
import type { SliceFilter } from '../../src/ports/read-model/slices.js';
import { FiguresQuery } from '../../src/queries/figures/figures.query.js';
import { RetentionQuery } from '../../src/queries/figures/retention.query.js';
import { BackedUpStore } from '../support/backed-up-store.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { termsAfter } from '../support/query-side.js';

/** The time that sums of sessions take; they are kept for twenty times as long. */
const SLOW_MS = 500;

class SlowReadModels extends MemoryReadModelStore {
  override async slices(...question: Parameters<MemoryReadModelStore['slices']>) {
    await pause(SLOW_MS);
    return super.slices(...question);
  }

  override async retention(...question: Parameters<MemoryReadModelStore['retention']>) {
    await pause(SLOW_MS);
    return super.retention(...question);
  }
}

test('what is kept of a log is not answered after that was put back', async () => {
  const eventStore = new BackedUpStore();
  const store = new SlowReadModels();
  const server = await MemoryServer.start({
    eventStore,
    readModels: { writer: store, reader: store },
  });
  const started = (sessionId: string) => ({
    ...{ mediaId: 'a', sessionId, eventType: 'SESSION_START' as const, occurredAt: NOON },
    ...{ context: { country: 'DE' }, mediaDuration: 100 },
  });
  const range = { from: NOON - HOUR_MS, to: NOON + HOUR_MS, timeZone: 'UTC' };
  const filters: readonly SliceFilter[] = [
    { dimension: 'COUNTRY', anyOf: ['DE'], exclude: false },
    { dimension: 'QUALITY', anyOf: ['ULTRA'], exclude: true },
  ];
  const views = async (): Promise<readonly number[]> => {
    const wanted = { range, filters, compare: undefined };
    const parts = { uniqueViewers: false, startupTime: false, peak: false };
    const figures = server.query(new FiguresQuery(wanted, parts, termsAfter()));
    const curve = server.query(new RetentionQuery('a', { range, filters }, termsAfter()));
    return [(await figures).figures.views, (await curve).views];
  };
  await server.record(started('s1'), started('s2'));
  const backup = (await eventStore.readAll(0, 100)).events.length;
  await server.record(started('s3'));
  const { projections } = server.parts;
  await projections.passed(['sessions'], await server.head());
  expect(await views()).toEqual([3, 3]);
  await eventStore.putBackTo(backup);
  await projections.until(() => projections.startedOver.some((one) => one.startsWith('sessions')));
  await projections.ready();
  expect(await views()).toEqual([2, 2]);
  await server.stop();
});
