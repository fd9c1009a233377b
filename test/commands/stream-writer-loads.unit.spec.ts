import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { heartbeat, start } from '../support/playback.js';
import { sessionWriter } from '../support/session-writer.js';

/** A store that knows how many streams were read at a time at the most. */
class CountingStore extends MemoryEventStore {
  atOnceMax = 0;
  private atOnce = 0;

  override async readStream(stream: string) {
    this.atOnce += 1;
    this.atOnceMax = Math.max(this.atOnceMax, this.atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    this.atOnce -= 1;
    return super.readStream(stream);
  }
}

test('sessions that are not remembered are read a few at a time, others run between', async () => {
  const store = new CountingStore();
  const sessions = Array.from({ length: 50 }, (_, i) => `s${String(i)}`);
  const before = sessionWriter(store);
  await Promise.all(sessions.map((session) => before.execute(session, [start()])));
  const restarted = sessionWriter(store);
  let turns = 0;
  const count = setInterval(() => (turns += 1), 0);
  const outcomes = await Promise.all(
    sessions.map((session) => restarted.execute(session, [heartbeat()])),
  );
  clearInterval(count);
  expect(outcomes.flat().map(({ kind }) => kind)).toEqual(sessions.map(() => 'done'));
  expect(store.atOnceMax).toBeGreaterThan(1);
  expect(store.atOnceMax).toBeLessThanOrEqual(4);
  expect(turns).toBeGreaterThan(0);
});
