import { LOG_START, NO_STREAM, type EventStore } from '../../src/ports/event-store.js';
import { anEvent, append, eventsOf, namesOf, readEverything } from './event-store.js';

/** What holds when many append and read at once. */
export function describeConcurrency(store: () => EventStore): void {
  test('of appends that expect the same revision exactly one wins', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store().append([append('s', NO_STREAM, eventsOf(`e${String(i)}`, 3))]),
      ),
    );
    const kinds = outcomes.flat().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'appended')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'conflict')).toHaveLength(19);
    const stored = await store().readStream('s');
    expect(stored).toHaveLength(3);
    expect(new Set(namesOf(stored).map((name) => name.split('-')[0])).size).toBe(1);
  });

  test('the same append sent often at once is stored once, with one place for all', async () => {
    const repeated = append('s', NO_STREAM, eventsOf('a', 2));
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => store().append([repeated])),
    );
    const position = (await store().readStream('s'))[1]?.position;
    expect(outcomes).toEqual(outcomes.map(() => [{ kind: 'appended', position, revision: 1 }]));
    expect(await readEverything(store())).toHaveLength(2);
  });

  test('appends to a stream handed over one by one, unawaited, keep their order', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        store().append([append('s', i - 1, [anEvent(`e${String(i)}`)])]),
      ),
    );
    expect(outcomes.flat().map(({ kind }) => kind)).toEqual(outcomes.map(() => 'appended'));
    const names = namesOf(await store().readStream('s'));
    expect(names).toEqual(Array.from({ length: 50 }, (_, i) => `e${String(i)}`));
  });

  test('2,000 streams at once are all there, each with its own events in order', async () => {
    const names = Array.from({ length: 2_000 }, (_, i) => `stream-${String(i)}`);
    const calls = Array.from({ length: 20 }, (_, i) => names.slice(100 * i, 100 * (i + 1)));
    const outcomes = await Promise.all(
      calls.map((call) =>
        store().append(call.map((name) => append(name, NO_STREAM, eventsOf(name, 2)))),
      ),
    );
    expect(outcomes.flat().every(({ kind }) => kind === 'appended')).toBe(true);
    const log = await readEverything(store());
    expect(log).toHaveLength(4_000);
    const eventNames = new Map<string, string[]>();
    for (const [i, name] of namesOf(log).entries()) {
      const stream = log[i]?.stream ?? '';
      eventNames.set(stream, [...(eventNames.get(stream) ?? []), name]);
    }
    const joined = new Map([...eventNames].map(([stream, those]) => [stream, those.join(' ')]));
    expect(joined).toEqual(new Map(names.map((name) => [name, `${name}-0 ${name}-1`])));
  });

  test('an outcome’s position is that of the append’s last event', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        store().append([append(`s${String(i)}`, NO_STREAM, eventsOf(`e${String(i)}`, 3))]),
      ),
    );
    const log = (await readEverything(store())).map(({ position }) => position);
    for (const [i, [outcome]] of outcomes.entries()) {
      const stored = await store().readStream(`s${String(i)}`);
      const last = stored.at(-1);
      expect(outcome).toEqual({ kind: 'appended', position: last?.position, revision: 2 });
      // Each append is one piece of the log.
      const place = log.indexOf(stored[0]?.position ?? NaN);
      expect(stored.map(({ position }) => position)).toEqual(log.slice(place, place + 3));
    }
  });

  test('what is read while others append is always the beginning of the log', async () => {
    const state = { isAppending: true };
    const appending = Promise.all(
      Array.from({ length: 10 }, async (_, writer) => {
        for (let i = 0; i < 30; i += 1) {
          const stream = `s${String(writer)}`;
          await store().append([append(stream, 2 * i - 1, eventsOf(`w${String(i)}`, 2))]);
        }
      }),
    ).finally(() => {
      state.isAppending = false;
    });
    const beginnings: string[][] = [];
    while (state.isAppending) {
      const { events } = await store().readAll(LOG_START, 10_000);
      beginnings.push(events.map(({ stream, id }) => `${stream} ${id}`));
      await new Promise(setImmediate);
    }
    await appending;
    const whole = (await readEverything(store())).map(({ stream, id }) => `${stream} ${id}`);
    expect(whole).toHaveLength(600);
    for (const beginning of beginnings) {
      expect(beginning).toEqual(whole.slice(0, beginning.length));
      expect(beginning.length % 2).toBe(0);
    }
  });

  test('a reader that follows the log misses nothing and sees nothing twice', async () => {
    const expected = 500;
    const seen: string[] = [];
    const following = (async () => {
      for (let after = LOG_START; seen.length < expected;) {
        const { events, scanned } = await store().readAll(after, 7);
        seen.push(...namesOf(events));
        after = scanned;
        await new Promise(setImmediate);
      }
    })();
    await Promise.all(
      Array.from({ length: expected }, (_, i) =>
        store().append([append(`s${String(i)}`, NO_STREAM, [anEvent(`e${String(i)}`)])]),
      ),
    );
    await following;
    expect(seen).toEqual(namesOf(await readEverything(store())));
  });
}
