import { BackedUpStore } from '../support/backed-up-store.js';
import { heartbeat, start } from '../support/playback.js';
import {
  eventIdsIn,
  SESSION,
  sessionWriter,
  type SessionWriter,
} from '../support/session-writer.js';

describe('a store that was put back to an older backup', () => {
  let store: BackedUpStore;
  let writer: SessionWriter;
  beforeEach(async () => {
    store = new BackedUpStore();
    writer = sessionWriter(store);
    await writer.execute(SESSION, [start({ eventId: 'a' })]);
    await writer.execute(SESSION, [heartbeat({ eventId: 'b' }), heartbeat({ eventId: 'c' })]);
  });

  it.each([0, 1, 2])('and holds %i events stores again what it lost', async (kept) => {
    await store.putBackTo(kept);
    const again = ['a', 'b', 'c'].map((eventId) => heartbeat({ eventId }));
    const outcomes = await writer.execute(SESSION, again);
    expect(outcomes.map((one) => one.kind === 'done' && one.isDuplicate)).toEqual(
      again.map((_, i) => i < kept),
    );
    expect(await eventIdsIn(store)).toEqual(['a', 'b', 'c']);
  });

  it('is noticed where another session is written to', async () => {
    await store.putBackTo(1);
    await writer.execute('other', [start({ eventId: 'x' })]);
    expect(await eventIdsIn(store, 'other')).toEqual(['x']);
    await writer.execute(SESSION, [heartbeat({ eventId: 'c' })]);
    expect(await eventIdsIn(store)).toEqual(['a', 'c']);
  });

  it('answers what it still holds as before', async () => {
    expect(await writer.execute(SESSION, [heartbeat({ eventId: 'b' })])).toMatchObject([
      { kind: 'done', isDuplicate: true, position: 3 },
    ]);
  });

  it('that is out of reach leaves open what it holds', async () => {
    store.head = () => Promise.reject(Object.assign(new Error('gone'), { code: 'x' }));
    expect(await writer.execute(SESSION, [heartbeat({ eventId: 'b' })])).toMatchObject([
      { kind: 'refused' },
    ]);
  });
});
