import { EventStoreDbEventStore } from '../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { NO_STREAM } from '../../../src/ports/event-store.js';
import { append, eventsOf, readEverything } from '../../contracts/event-store.js';
import { EventStoreDbDouble } from '../../support/eventstoredb/eventstoredb-double.js';
import { describeWithDouble } from '../../support/eventstoredb/server-under-test.js';
import { until } from '../../support/polling.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const GIVEN_UP_MS_MAX = 6_000;
const BACK_MS_MAX = 15_000;

/** A store, and what stands between it and its server. */
interface Scene {
  readonly store: EventStoreDbEventStore;
  readonly proxy: TcpProxy;
}

/** Plays a scene of its own: what is waited for in one, others need not wait for. */
async function playing(play: (scene: Scene) => Promise<void>): Promise<void> {
  const double = await EventStoreDbDouble.start();
  const proxy = await TcpProxy.start(double.port);
  const url = `esdb://127.0.0.1:${String(proxy.port)}?tls=false`;
  const store = await EventStoreDbEventStore.open({ url, prefix: 'p-' });
  try {
    await play({ store, proxy });
  } finally {
    await store.close();
    await proxy.close();
    double.down();
  }
}

describeWithDouble('a connection to EventStoreDB that carries nothing', () => {
  const one = append('p-s', NO_STREAM, eventsOf('a', 3));
  type Call = (store: EventStoreDbEventStore) => Promise<boolean>;
  const calls: readonly (readonly [string, Call])[] = [
    ['an append', async (store) => (await store.append([one]))[0]?.kind === 'appended'],
    ['a read of a stream', (store) => isAnswered(store.readStream('p-s'))],
    ['a read of a page', (store) => isAnswered(store.readAll(0, 10))],
    ['a read of the head', (store) => isAnswered(store.head())],
  ];

  /** Whether a call gets through; how long it takes until one does. */
  const untilBack = async (store: EventStoreDbEventStore, call: Call): Promise<number> => {
    const from = performance.now();
    await until(async () => {
      const begun = performance.now();
      const isThrough = await call(store);
      expect(performance.now() - begun).toBeLessThan(GIVEN_UP_MS_MAX);
      return isThrough;
    }, 2 * BACK_MS_MAX);
    return performance.now() - from;
  };

  test.concurrent.each(calls)('is given up by %s, and another one made', (_, call) =>
    playing(async ({ store, proxy }) => {
      proxy.goMute();
      expect(await untilBack(store, call)).toBeLessThan(BACK_MS_MAX);
    }),
  );

  test.concurrent.each(calls)('is given up by %s, also where it was mute at first', (_, call) =>
    playing(async ({ store, proxy }) => {
      proxy.muteNext(1);
      proxy.cut();
      expect(await untilBack(store, call)).toBeLessThan(BACK_MS_MAX);
    }),
  );

  test.concurrent('is left once, however many calls it was that nothing came of', () =>
    playing(async ({ store, proxy }) => {
      proxy.goMute();
      const before = proxy.accepted;
      const appends = Array.from({ length: 50 }, (_, i) =>
        append(`p-${String(i)}`, NO_STREAM, eventsOf(`e${String(i)}`, 1)),
      );
      const reads = appends.map(({ stream }) => isAnswered(store.readStream(stream)));
      const outcomes = await store.append(appends);
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['unknown']));
      expect(new Set(await Promise.all(reads))).toEqual(new Set([false]));
      expect(await store.append(appends)).toHaveLength(50);
      expect(await readEverything(store)).toHaveLength(50);
      expect(proxy.accepted).toBe(before + 1);
    }),
  );

  test.concurrent('does not end the wake-ups', () =>
    playing(async ({ store, proxy }) => {
      let wakeUps = 0;
      store.onAppended(() => (wakeUps += 1));
      await until(() => wakeUps > 0);
      proxy.muteNext(1);
      proxy.cut();
      const before = wakeUps;
      await until(() => wakeUps > before);
      proxy.goMute();
      const beforeMute = wakeUps;
      await until(() => wakeUps > beforeMute);
    }),
  );

  test.concurrent('leaves no sockets behind, however often one is made', () =>
    playing(async ({ store, proxy }) => {
      proxy.muteNext(1_000);
      proxy.cut();
      const before = proxy.accepted;
      while (proxy.accepted < before + 4) expect(await isAnswered(store.head())).toBe(false);
      expect(proxy.open).toBeLessThanOrEqual(1);
    }),
  );
});

const isAnswered = (read: Promise<unknown>): Promise<boolean> =>
  read.then(
    () => true,
    () => false,
  );
