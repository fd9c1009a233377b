import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Recorded } from '../../src/domain/event.js';
import { SECOND_MS } from '../../src/domain/time.js';
import type { LogPage } from '../../src/ports/event-store.js';
import { UnreadablePlace } from '../../src/ports/log-past.js';
import type { Projection } from '../../src/ports/projection.js';
import { appendTo, logOf, LogView } from '../support/event-logs.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting, onePassText, projectors, readModelText } from '../support/projector-rig.js';
import { SettableClock } from '../support/settable-clock.js';

const newProjector = projectors();

const beats = (from: number, to: number): readonly Recorded[] =>
  Array.from({ length: to - from }, (_, n) => {
    const i = from + n;
    return stored('heartbeat', { mediaId: `m${String(i % 3)}`, eventId: String(i) }, NOON + i);
  });

describe('a log that was put back to less than a read model has folded', () => {
  it('is folded anew into that one alone, which serves although the log stays shorter', async () => {
    const store = new MemoryReadModelStore({ clock: new SettableClock(NOON) });
    const first = counting('popularity');
    const isFirst = (event: Recorded): boolean => event.recordedAt < NOON + 5;
    const keysOf: typeof first.keysOf = (event) => (isFirst(event) ? first.keysOf(event) : []);
    const projections = [counting('bandwidth'), { ...first, keysOf }];
    class Replaced extends LogView {
      place: LogView = new LogView(this.log);
      override readAll(after: number, limit: number): Promise<LogPage> {
        return this.place.readAll(after, limit);
      }
      override readAt(position: number): ReturnType<LogView['readAt']> {
        return this.place.readAt(position);
      }
      override head(): Promise<number> {
        return this.place.head();
      }
    }
    const events = await logOf(beats(0, 5));
    const log = new Replaced(events);
    const projector = await newProjector({ log, writer: store, projections });
    await projector.settled();
    await appendTo(events, beats(5, 20));
    await projector.settled();
    const left = [...beats(0, 5), ...beats(20, 25)];
    log.place = new LogView(await logOf(left));
    await projector.until(() => projector.startedOver.length > 0);
    await projector.ready();
    expect(projector.startedOver).toEqual([
      expect.stringMatching(/^bandwidth: .*ahead of the log/),
    ]);
    expect(await readModelText(store, projections)).toBe(onePassText(left, projections));
  });
});

describe('a log that was put back to between a checkpoint and what was scanned', () => {
  /** Says nothing of the later beats, which so make no commit. */
  function early(before = 5): readonly Projection[] {
    const projection = counting('bandwidth');
    const isLate = (event: Recorded): boolean => event.recordedAt >= NOON + before;
    const keysOf: typeof projection.keysOf = (event) =>
      isLate(event) && event.recordedAt < NOON + 10 ? [] : projection.keysOf(event);
    return [{ ...projection, keysOf }];
  }
  /** Can be put back, and cannot be read from where no event begins any more. */
  class PutBack extends LogView {
    other: LogView | undefined;
    gone: number | undefined;
    override readAll(after: number, limit: number): Promise<LogPage> {
      if (after === this.gone) return unreadable();
      return this.other?.readAll(after, limit) ?? super.readAll(after, limit);
    }
    override readAt(position: number): ReturnType<LogView['readAt']> {
      if (position === this.gone) return unreadable();
      return this.other?.readAt(position) ?? super.readAt(position);
    }
    override head(): Promise<number> {
      return this.other?.head() ?? super.head();
    }
  }
  const unreadable = (): Promise<never> =>
    Promise.reject(new UnreadablePlace('no event begins there'));

  /** Its owner has committed five events, and looked at ten. */
  async function scanned() {
    const clock = new SettableClock(NOON);
    const store = new MemoryReadModelStore({ clock });
    const events = await logOf(beats(0, 5));
    const log = new PutBack(events);
    const setup = { log, clock, writer: store, projections: early() };
    const projector = await newProjector(setup);
    await projector.settled();
    await appendTo(events, beats(5, 10));
    await projector.settled();
    await projector.until(([one]) => one?.scanned === 10 && one.behindSince === undefined);
    const { generations } = await store.records(['bandwidth']);
    expect(generations).toMatchObject([{ checkpoint: 5 }]);
    return { ...setup, projector, store };
  }

  /** The first five, and others after them. */
  async function others(count: number) {
    const log = await logOf(beats(0, 5));
    await appendTo(log, beats(20, 20 + count), 'other');
    const expected = onePassText([...beats(0, 5), ...beats(20, 20 + count)], early());
    return { log: new LogView(log), expected };
  }

  it.each([
    ['and ends before', 2, undefined],
    ['and ends at the same place', 5, undefined],
    ['and goes on beyond it', 8, undefined],
    ['and holds no event where one was', 8, 10],
  ])('%s is read again from the checkpoint, by the owner', async (_, count, gone) => {
    const { log, projector, store } = await scanned();
    const { log: other, expected } = await others(count);
    Object.assign(log, { other, gone });
    const deadline = performance.now() + 5 * SECOND_MS;
    while ((await readModelText(store, early())) !== expected && performance.now() < deadline) {
      await nextTurn();
    }
    expect(await readModelText(store, early())).toBe(expected);
    expect(projector.startedOver).toEqual([]);
  });

  it.each([
    ['and ends before', 2],
    ['and ends at the same place', 5],
    ['and goes on beyond it', 8],
  ])('%s is read again from the checkpoint, by who goes on', async (_, count) => {
    const { projector, store, ...setup } = await scanned();
    await projector.stop();
    const { log: other, expected } = await others(count);
    const heir = await newProjector({ ...setup, log: other });
    await heir.settled();
    expect(await readModelText(store, early())).toBe(expected);
    expect(heir.startedOver).toEqual([]);
  });

  it('is gone on with where the last event seen still is', async () => {
    const { projector, ...setup } = await scanned();
    await projector.stop();
    class Counted extends LogView {
      readonly reads: number[] = [];
      override readAll(after: number, limit: number): Promise<LogPage> {
        this.reads.push(after);
        return super.readAll(after, limit);
      }
    }
    const same = new Counted(setup.log);
    const heir = await newProjector({ ...setup, log: same });
    await heir.until(() => same.reads.length > 0);
    expect(same.reads.at(0)).toBe(10);
  });

  it('starts over what was begun on the part that is gone', async () => {
    const clock = new SettableClock(NOON);
    const store = new MemoryReadModelStore({ clock });
    const projections = early(0);
    const setup = { clock, writer: store, projections };
    const first = await newProjector({ ...setup, log: await logOf(beats(0, 9)) });
    await first.settled();
    await first.stop();
    const second = await newProjector({ ...setup, log: await logOf(beats(0, 3)) });
    await second.ready();
    expect(second.startedOver).toEqual([expect.stringMatching(/ahead of the log/)]);
  });
});
