import { PlayheadError } from '../../src/domain/errors.js';
import { LogPast, UnreadablePlace } from '../../src/ports/log-past.js';

/** A log that can be put back. */
class Backed {
  readonly ids = new Map<number, string>();
  /** So many reads of a place fail. */
  failures = 0;
  failure: Error = new UnreadablePlace('no event begins there');
  isAway = false;
  looks = 0;

  head(): Promise<number> {
    this.looks += 1;
    if (this.isAway) return Promise.reject(new Error('away'));
    return Promise.resolve(Math.max(0, ...this.ids.keys()));
  }

  readAt(position: number): Promise<never> {
    if (this.failures > 0) {
      this.failures -= 1;
      return Promise.reject(this.failure);
    }
    const id = this.ids.get(position);
    return Promise.resolve((id === undefined ? undefined : { id, position }) as never);
  }
}

let log: Backed;
let past: LogPast;
let others: number;
beforeEach(() => {
  log = new Backed();
  past = new LogPast(log);
  others = 0;
  past.onOther(() => (others += 1));
  for (const position of [1, 2, 3]) log.ids.set(position, `e${String(position)}`);
  past.saw({ position: 2, id: 'e2' }, past.known());
});

test('a log that goes on has the same past', async () => {
  expect(await past.confirm()).toBe(true);
  log.ids.set(9, 'e9');
  past.stored({ position: 9, id: 'e9' }, past.known());
  expect(await past.confirm()).toBe(true);
  expect(others).toBe(0);
});

test.each<readonly [string, () => unknown]>([
  [
    'ends before what was seen',
    () => [...log.ids.keys()].map((position) => log.ids.delete(position)),
  ],
  ['has another event in its place', () => log.ids.set(2, 'other')],
  ['has no event in its place', () => log.ids.delete(2)],
])('a log that %s has another, which is told once', async (_, change) => {
  change();
  expect(await past.confirm()).toBe(false);
  expect(others).toBe(1);
  expect(await past.confirm()).toBe(true);
  expect(others).toBe(1);
});

test('a log that was overtaken since the last look has another', async () => {
  expect(await past.confirm()).toBe(true);
  log.ids.set(2, 'other').set(4, 'e4');
  past.saw({ position: 4, id: 'e4' }, past.known());
  expect(await past.confirm()).toBe(false);
});

test('an append that lies before what was seen when it was sent tells of another', () => {
  past.stored({ position: 1, id: 'new' }, past.known());
  expect(others).toBe(1);
  expect(past.known().head).toBe(1);
});

test('appends may be confirmed in another order than they lie in', () => {
  const before = past.known();
  past.stored({ position: 6, id: 'e6' }, before);
  past.stored({ position: 5, id: 'e5' }, before);
  expect(others).toBe(0);
});

test('what was asked of the past before says nothing of this one', async () => {
  const before = past.known();
  log.ids.delete(3);
  log.ids.delete(2);
  expect(await past.confirm()).toBe(false);
  past.saw({ position: 3, id: 'e3' }, before);
  past.stored({ position: 4, id: 'e4' }, before);
  past.stored({ position: 1, id: 'new' }, before);
  expect(past.known().head).toBe(-Infinity);
  expect(await past.confirm()).toBe(true);
  expect(others).toBe(1);
});

test('a look during which an append told of another past does not tell of it again', async () => {
  log.ids.set(1, 'new').set(2, 'other');
  const looked = past.confirm();
  while (log.looks === 0) await Promise.resolve();
  past.stored({ position: 1, id: 'new' }, past.known());
  expect(await looked).toBe(false);
  expect(others).toBe(1);
});

test('a place that cannot be read counts as gone at the second try', async () => {
  log.failures = 1;
  expect(await past.confirm()).toBe(true);
  log.failures = 2;
  expect(await past.confirm()).toBe(false);
  expect(others).toBe(1);
});

test('a place of which the log says nothing does not count as gone', async () => {
  log.failure = new PlayheadError('STORE_UNAVAILABLE', 'the log was silent');
  log.failures = 4;
  await expect(past.confirm()).rejects.toThrow('the log was silent');
  await expect(past.confirm()).rejects.toThrow('the log was silent');
  expect(others).toBe(0);
});

test('of a log that is out of reach nothing is known', async () => {
  log.failures = Infinity;
  log.isAway = true;
  await expect(past.confirm()).rejects.toThrow('away');
  expect(others).toBe(0);
});

test('whoever asks during a look shares the one after it', async () => {
  const asked = Array.from({ length: 10 }, () => past.confirm());
  await Promise.resolve();
  asked.push(past.confirm());
  expect(await Promise.all(asked)).toEqual(asked.map(() => true));
  expect(log.looks).toBeLessThanOrEqual(2);
});

test('without a log that could be put back it is never looked at', async () => {
  const none = new LogPast();
  none.saw({ position: 5, id: 'e5' }, none.known());
  expect(await none.confirm()).toBe(true);
});
