import { ParkedNews } from '../../src/threads/parked-news.js';
import { Seldom } from '../../src/telemetry/seldom.js';
import type { ProjectionProgress } from '../../src/ports/projection-control.js';
import { summaryOf } from '../../src/ports/parked-summary.js';

const MINUTE_MS = 60_000;

function told(): { tell: (...positions: number[]) => readonly string[]; clock: { ms: number } } {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  const clock = { ms: 5 };
  const seldom = new Seldom(MINUTE_MS, () => clock.ms);
  const news = new ParkedNews({ info: note, warn: note, error: note }, seldom);
  return {
    clock,
    tell: (...positions) => {
      const reason = 'UndecodableEvent: a stored heartbeat has no mediaId';
      const all = positions.map((position) => ({ position, key: '', reason, parkedAt: 1 }));
      const progress = { name: 'bandwidth', parkedEvents: all.length, parked: summaryOf(all) };
      news.tell([progress as unknown as ProjectionProgress]);
      return lines.splice(0);
    },
  };
}

test('an event that is parked is told of with projection, position and cause, once', () => {
  const { tell } = told();
  expect(tell()).toEqual([]);
  expect(tell(57)).toEqual([
    'bandwidth could not take the event at position 57 of the log (malformed) and parked it: ' +
      '1 event waits',
  ]);
  expect(tell(57)).toEqual([]);
});

test('of thousands a line a minute is written, and what came last is not forgotten', () => {
  const { tell, clock } = told();
  const lines: string[] = [];
  const all = Array.from({ length: 900 }, (_, i) => i + 1);
  for (const last of all) {
    clock.ms += 100;
    lines.push(...tell(...all.slice(0, last)));
  }
  expect(lines.length).toBeLessThanOrEqual(2);
  clock.ms += MINUTE_MS;
  expect(tell(...all)).toEqual([expect.stringMatching(/position 900 .*: 900 events wait$/)]);
});

test('what is parked again after it was taken is news', () => {
  const { tell, clock } = told();
  expect(tell(57)).toHaveLength(1);
  expect(tell()).toEqual([]);
  clock.ms += MINUTE_MS;
  expect(tell(57)).toHaveLength(1);
});
