import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { doneOf } from '../../src/commands/command-outcome.js';
import { StreamWriter } from '../../src/commands/stream-writer.js';
import { badInput, PlayheadError } from '../../src/domain/errors.js';
import { media } from '../../src/domain/media.js';
import type { StoredEvent } from '../../src/ports/event-store.js';
import { testIdentity, testNames, testVocabulary } from '../support/test-log.js';
import { end, heartbeat, NOON, start, timeOut } from '../support/playback.js';
import { donePosition, eventIdsIn, SESSION, sessionWriter } from '../support/session-writer.js';
import { SettableClock } from '../support/settable-clock.js';
import { StoreView } from '../support/store-views.js';

describe('a command', () => {
  it('is carried out once it is stored, as the event that follows from it', async () => {
    const store = new MemoryEventStore();
    const outcomes = await sessionWriter(store).execute(SESSION, [
      start({ eventId: 'a', label: '1080p' }),
    ]);
    expect(outcomes).toMatchObject([{ kind: 'done', isDuplicate: false, position: 1 }]);
    const { events } = await store.readAll(0, 10);
    expect(events).toMatchObject([
      {
        revision: 0,
        type: 'session_start',
        version: 1,
        recordedAt: NOON,
        data: { eventId: 'a', quality: 'HIGH' },
      },
    ]);
  });

  it('of a new stream costs no read', async () => {
    const store = new StoreView(new MemoryEventStore());
    const writer = sessionWriter(store);
    await writer.execute(SESSION, [start({ eventId: 'a' })]);
    await writer.execute(SESSION, [heartbeat({ eventId: 'b' })]);
    expect(store.reads).toEqual([]);
    expect(await eventIdsIn(store)).toEqual(['a', 'b']);
  });

  it('is decided on what the ones before it in the same call led to', async () => {
    const store = new MemoryEventStore();
    const first = start({ eventId: 'a' });
    const outcomes = await sessionWriter(store).execute(SESSION, [first, first, end()]);
    expect(outcomes.map((outcome) => outcome.kind === 'done' && outcome.isDuplicate)).toEqual([
      false,
      true,
      false,
    ]);
    expect(await store.head()).toBe(2);
  });

  it('that is a duplicate has a position not lower than that of the original', async () => {
    const store = new MemoryEventStore();
    const writer = sessionWriter(store);
    const first = start({ eventId: 'a' });
    const original = donePosition((await writer.execute(SESSION, [first]))[0]);
    await writer.execute('another stream', [start()]);
    const again = await writer.execute(SESSION, [first]);
    const elsewhere = await sessionWriter(store).execute(SESSION, [first]);
    expect([...again, ...elsewhere].map(donePosition)).toEqual([original, original]);
    const mixed = await writer.execute(SESSION, [first, heartbeat()]);
    expect(mixed.map(donePosition)).toEqual([3, 3]);
  });

  it('that changes nothing stores nothing, also where nothing is known of the stream', async () => {
    const store = new StoreView(new MemoryEventStore());
    const outcomes = await sessionWriter(store).execute(SESSION, [timeOut()]);
    expect(outcomes).toMatchObject([{ kind: 'done', isDuplicate: true, position: 0 }]);
    expect(store.appends).toEqual([]);
  });

  it('is not needed for a call to end', async () => {
    expect(await sessionWriter(new MemoryEventStore()).execute(SESSION, [])).toEqual([]);
  });
});

describe('calls at the same time', () => {
  it('on one stream are each carried out once, in few appends', async () => {
    const store = new StoreView(new MemoryEventStore());
    const writer = sessionWriter(store);
    const ids = Array.from({ length: 300 }, (_, i) => `e${String(i)}`);
    const calls = ids.map((eventId) => writer.execute(SESSION, [heartbeat({ eventId })]));
    const outcomes = (await Promise.all(calls)).flat();
    expect(outcomes.every(({ kind }) => kind === 'done')).toBe(true);
    expect(await eventIdsIn(store)).toEqual(ids);
    expect(store.appends.map(({ events }) => events.length)).toEqual([1, 299]);
  });

  it('with the same event carry it out once', async () => {
    const store = new StoreView(new MemoryEventStore());
    const writer = sessionWriter(store);
    const beat = heartbeat({ eventId: 'a' });
    const calls = Array.from({ length: 50 }, () => writer.execute(SESSION, [beat]));
    const outcomes = (await Promise.all(calls)).flat();
    const fresh = outcomes.filter((outcome) => outcome.kind === 'done' && !outcome.isDuplicate);
    expect(fresh).toHaveLength(1);
    expect(await eventIdsIn(store)).toEqual(['a']);
  });

  it('on different streams do not wait for each other', async () => {
    const slowStream = testNames.playback('m1', 'slow');
    class Slow extends StoreView {
      release: () => void = () => undefined;
      readonly released = new Promise<void>((resolve) => {
        this.release = resolve;
      });
      override async append(appends: Parameters<StoreView['append']>[0]) {
        if (appends[0]?.stream === slowStream) await this.released;
        return super.append(appends);
      }
    }
    const store = new Slow(new MemoryEventStore());
    const writer = sessionWriter(store);
    const slow = writer.execute('slow', [start()]);
    expect((await writer.execute('fast', [start()])).map(donePosition)).toEqual([1]);
    store.release();
    expect((await slow).map(donePosition)).toEqual([2]);
  });

  it('are decided together up to 1,000 commands, and one call always whole', async () => {
    const store = new StoreView(new MemoryEventStore());
    const writer = sessionWriter(store);
    const beats = (count: number) => Array.from({ length: count }, () => heartbeat());
    const sizes = [1, 600, 400, 1, 1_500, 2];
    await Promise.all(sizes.map((size) => writer.execute(SESSION, beats(size))));
    expect(store.appends.map(({ events }) => events.length)).toEqual([1, 1_000, 1, 1_500, 2]);
  });
});

describe('a command that is refused', () => {
  const picky = {
    ...media,
    decide: (state: Parameters<typeof media.decide>[0], command: RegisterCommand) => {
      if (command.description.title === 'bad') throw badInput('title', 'is bad');
      if (command.description.title === 'bug') throw new TypeError('no such thing');
      return media.decide(state, command);
    },
  };
  type RegisterCommand = Parameters<typeof media.decide>[1];
  const named = (title: string): RegisterCommand => ({
    mediaId: 'm1',
    description: { title },
    now: NOON,
  });
  const pickyWriter = (store: MemoryEventStore) => {
    const clock = new SettableClock(NOON);
    const cache = { cacheWeightMax: 10, weigh: () => 1 };
    const parts = { store, vocabulary: testVocabulary(store), clock, identity: testIdentity };
    return new StreamWriter({ decider: picky, ...parts, ...cache });
  };

  it('leaves those beside it alone', async () => {
    const store = new MemoryEventStore();
    const writer = pickyWriter(store);
    const calls = ['a', 'bad', 'b'].map((title) => writer.execute({ stream: 'm' }, [named(title)]));
    const [first, refused, last] = (await Promise.all(calls)).flat();
    expect([first, last].map(donePosition)).toEqual([1, 2]);
    expect(refused).toMatchObject({
      kind: 'refused',
      error: { code: 'BAD_USER_INPUT', message: 'title: is bad' },
    });
  });

  it('is the error of a call with that command alone', async () => {
    const outcomes = await pickyWriter(new MemoryEventStore()).execute({ stream: 'm' }, [
      named('bad'),
    ]);
    expect(() => doneOf(outcomes)).toThrow(badInput('title', 'is bad'));
  });

  it('by a mistake in the code is INTERNAL, and says no more', async () => {
    const [outcome] = await pickyWriter(new MemoryEventStore()).execute({ stream: 'm' }, [
      named('bug'),
    ]);
    expect(outcome).toMatchObject({ kind: 'refused', error: { code: 'INTERNAL' } });
    expect(outcome?.kind === 'refused' && outcome.error.message).not.toContain('no such thing');
  });
});

describe('a stream that cannot be read', () => {
  class Unreadable extends StoreView {
    isReadable = false;
    override readStream(stream: string): Promise<readonly StoredEvent[]> {
      if (this.isReadable) return super.readStream(stream);
      return Promise.reject(new PlayheadError('STORE_UNAVAILABLE', 'out of reach'));
    }
  }

  it('refuses its commands, and takes them once it can be read', async () => {
    const store = new Unreadable(new MemoryEventStore());
    await sessionWriter(store).execute(SESSION, [start({ eventId: 'a' })]);
    const writer = sessionWriter(store);
    const beat = heartbeat({ eventId: 'b' });
    expect(await writer.execute(SESSION, [beat, beat])).toMatchObject([
      { kind: 'refused', error: { code: 'STORE_UNAVAILABLE' } },
      { kind: 'refused', error: { code: 'STORE_UNAVAILABLE' } },
    ]);
    store.isReadable = true;
    expect((await writer.execute(SESSION, [beat])).map(donePosition)).toEqual([2]);
  });
});
