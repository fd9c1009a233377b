import { resolve } from 'node:path';
import { jest } from '@jest/globals';

interface Event {
  readonly eventId: string;
  readonly eventType: string;
  readonly sentAt?: string;
}
interface Outbox {
  add(event: Event): void;
  send(): Promise<void>;
  sendNow(): void;
}
interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: readonly Event[];
}
type Answer = () => Response;

const FILE = resolve('examples/recorder/playhead-outbox.js');
const { PlayheadOutbox } = (await import(FILE)) as {
  readonly PlayheadOutbox: new (server: string, key?: string) => Outbox;
};

const SERVER = 'https://stats.example.org';
const KEY = 'an+ingest/key=0001';
const WAITING_EVENTS_MAX = 1_000;

const event = (eventId: number, eventType = 'HEARTBEAT'): Event => ({
  eventId: String(eventId),
  eventType,
});
const events = (count: number): readonly Event[] =>
  Array.from({ length: count }, (_, index) => event(index + 1));
const idsOf = (list: readonly Event[] | undefined): readonly number[] =>
  (list ?? []).map(({ eventId }) => Number(eventId));

const accepted: Answer = () => new Response('<p>not even JSON</p>', { status: 202 });
const broken: Answer = () => {
  throw new TypeError('fetch failed');
};
const answer =
  (status: number, body: object = {}, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(JSON.stringify(body), { status, headers });
const naming = (...faults: readonly (readonly [index: number, message: string])[]): Answer =>
  answer(400, {
    code: 'BAD_USER_INPUT',
    errors: faults.map(([index, message]) => ({ index, code: 'BAD_USER_INPUT', message })),
  });

/** A browser's network: what was sent, and the answers to come, the last of them for ever. */
class Network {
  readonly requests: Request[] = [];
  readonly beacons: { url: string; body: unknown; events: readonly Event[] }[] = [];
  beaconsTaken = Infinity;
  private answers: Answer[] = [accepted];

  answerWith(...answers: readonly Answer[]): void {
    this.answers = [...answers];
  }

  fetch(url: string, { headers, body }: { headers: Record<string, string>; body: string }) {
    this.requests.push({ url, headers, events: JSON.parse(body) as Event[] });
    const next = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    return Promise.resolve().then(() => next?.());
  }

  sendBeacon(url: string, body: unknown): boolean {
    if (this.beacons.length >= this.beaconsTaken) return false;
    this.beacons.push({ url, body, events: JSON.parse(String(body)) as Event[] });
    return true;
  }
}

let network: Network;
let outbox: Outbox;
let warnings: jest.SpiedFunction<typeof console.warn>;

beforeEach(() => {
  network = new Network();
  outbox = new PlayheadOutbox(SERVER, KEY);
  warnings = jest.spyOn(console, 'warn').mockReturnValue();
  jest.useFakeTimers();
  jest
    .spyOn(globalThis, 'fetch')
    .mockImplementation(((url: string, init: never) => network.fetch(url, init)) as never);
  const sendBeacon = (url: string, body: unknown) => network.sendBeacon(url, body);
  Object.defineProperty(globalThis, 'navigator', { value: { sendBeacon }, configurable: true });
});

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const addAll = (list: readonly Event[]): void => {
  for (const one of list) outbox.add(one);
};
/** Sends until everything is through, however long the pauses are. */
async function sendAll(): Promise<void> {
  const sent = outbox.send();
  await jest.runAllTimersAsync();
  await sent;
}

test.each([SERVER, `${SERVER}/`, `${SERVER}/events`, `${SERVER}/graphql`])(
  'the server is named as %s: its /events is written to, the key in a header',
  async (server) => {
    outbox = new PlayheadOutbox(server, KEY);
    outbox.add(event(1, 'SESSION_START'));
    await sendAll();
    const [{ url, headers } = { url: '', headers: {} }] = network.requests;
    expect(url).toBe(`${SERVER}/events`);
    expect(headers).toEqual({
      'content-type': 'application/json',
      authorization: `Bearer ${KEY}`,
    });
  },
);

test('a server under a path, and the one of the page itself, without a key', async () => {
  const urls = [`${SERVER}/stats`, ''].map(async (server) => {
    outbox = new PlayheadOutbox(server);
    outbox.add(event(1));
    await sendAll();
  });
  await Promise.all(urls);
  expect(network.requests.map(({ url }) => url)).toEqual([`${SERVER}/stats/events`, '/events']);
  for (const { headers } of network.requests) expect(headers).not.toHaveProperty('authorization');
});

test('202 is success, whatever the body says', async () => {
  addAll(events(3));
  await sendAll();
  expect(network.requests.map((one) => idsOf(one.events))).toEqual([[1, 2, 3]]);
  expect(warnings).not.toHaveBeenCalled();
});

test.each([200, 204, 401, 403, 404, 413, 429, 500, 502, 503])(
  '%d is none: the same events are sent again',
  async (status) => {
    const body = status === 204 ? null : '{"errors":[{"index":0,"message":"no"}]}';
    network.answerWith(() => new Response(body, { status }), accepted);
    addAll(events(2));
    await sendAll();
    expect(network.requests.map((one) => idsOf(one.events))).toEqual([
      [1, 2],
      [1, 2],
    ]);
  },
);

test('what the answer names as bad is dropped with a warning, the rest is sent again', async () => {
  network.answerWith(
    naming([1, 'quality is too long'], [1, 'duration is negative'], [3, 'too old']),
    accepted,
  );
  addAll([...events(3), event(4, 'SESSION_END'), event(5)]);
  await sendAll();
  expect(network.requests.map((one) => idsOf(one.events))).toEqual([
    [1, 2, 3, 4, 5],
    [1, 3, 5],
  ]);
  expect(warnings.mock.calls.flat().join('\n')).toMatch(
    /HEARTBEAT.*quality is too long\n.*duration is negative\n.*SESSION_END.*too old/,
  );
});

test.each([
  ['no event', answer(400, { code: 'BAD_USER_INPUT', message: 'no' })],
  ['an event that was not sent', naming([7, 'no'])],
  ['nothing that can be read', () => new Response('<html>', { status: 400 })],
])('a 400 that names %s drops nothing, and is not repeated at once', async (_, bad) => {
  network.answerWith(bad, accepted);
  addAll(events(2));
  const sent = outbox.send();
  await jest.advanceTimersByTimeAsync(900);
  expect(network.requests).toHaveLength(1);
  await jest.runAllTimersAsync();
  await sent;
  expect(network.requests.map((one) => idsOf(one.events))).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

test('a batch of which some are refused for good is dealt with: the rest is stored', async () => {
  const message = 'sessionId: a session takes 1000000 events at most';
  const extensions = { accepted: 1, duplicates: 0, failed: [1] };
  network.answerWith(answer(400, { code: 'BAD_USER_INPUT', message, extensions }), accepted);
  addAll(events(2));
  await sendAll();
  expect(network.requests.map((one) => idsOf(one.events))).toEqual([[1, 2]]);
  expect(warnings.mock.calls.flat().join('\n')).toContain(message);
});

test('every try has a time of its own in sentAt', async () => {
  network.answerWith(broken, answer(503), accepted);
  outbox.add(event(1));
  await sendAll();
  const times = network.requests.map((one) => Date.parse(one.events[0]?.sentAt ?? ''));
  expect(times).toHaveLength(3);
  expect(new Set(times).size).toBe(3);
  expect(times[2]).toBeLessThanOrEqual(Date.now());
});

test('retry-after is obeyed: nothing is sent sooner, and then it is', async () => {
  network.answerWith(answer(503, {}, { 'retry-after': '90' }), accepted);
  outbox.add(event(1));
  const sent = outbox.send();
  await jest.advanceTimersByTimeAsync(89_999);
  outbox.add(event(2));
  void outbox.send();
  await jest.advanceTimersByTimeAsync(0);
  expect(network.requests).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(45_002);
  await sent;
  expect(idsOf(network.requests[1]?.events)).toEqual([1, 2]);
});

test('a retry-after longer than a timer can wait does not end the pause at once', async () => {
  network.answerWith(answer(429, {}, { 'retry-after': '99999999' }), accepted);
  outbox.add(event(1));
  void outbox.send();
  await jest.advanceTimersByTimeAsync(3_600_000 - 1);
  expect(network.requests).toHaveLength(1);
});

test('without a network each pause is longer, half a minute and its jitter at most', async () => {
  network.answerWith(...Array<Answer>(10).fill(broken), accepted);
  outbox.add(event(1));
  await sendAll();
  const times = network.requests.map((one) => Date.parse(one.events[0]?.sentAt ?? ''));
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(pauses[0]).toBeLessThanOrEqual(1_500);
  expect(Math.max(...pauses)).toBeGreaterThanOrEqual(30_000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(45_000);
});

test('when it is full the oldest goes, starts and ends only if nothing else is left', async () => {
  addAll([event(1, 'SESSION_START'), event(2), event(3, 'SESSION_END'), event(4)]);
  addAll(events(WAITING_EVENTS_MAX + 2).slice(4));
  await sendAll();
  const kept = network.requests.flatMap((one) => idsOf(one.events));
  expect(kept).toHaveLength(WAITING_EVENTS_MAX);
  expect(kept.slice(0, 4)).toEqual([1, 3, 5, 6]);

  network.requests.length = 0;
  addAll(Array.from({ length: WAITING_EVENTS_MAX + 1 }, (_, i) => event(i + 1, 'SESSION_START')));
  await sendAll();
  const starts = network.requests.flatMap((one) => idsOf(one.events));
  expect([starts.length, starts[0]]).toEqual([WAITING_EVENTS_MAX, 2]);
});

describe('a page that goes away', () => {
  test('hands what waits to beacons, as text and with the key in the address', () => {
    addAll(events(120));
    outbox.sendNow();
    expect(network.beacons.map((one) => one.events.length)).toEqual([50, 50, 20]);
    for (const { url, body } of network.beacons) {
      expect(url).toBe(`${SERVER}/events?partial=1&key=an%2Bingest%2Fkey%3D0001`);
      expect(typeof body).toBe('string');
    }
    expect(network.beacons[0]?.events[0]?.sentAt).toBeDefined();
    expect(network.requests).toEqual([]);
  });

  test('does not hand over twice what a beacon or a request carries', async () => {
    addAll(events(1));
    const sent = outbox.send();
    addAll([event(2)]);
    outbox.sendNow();
    outbox.sendNow();
    await jest.runAllTimersAsync();
    await sent;
    expect(network.requests.map((one) => idsOf(one.events))).toEqual([[1]]);
    expect(network.beacons.map((one) => idsOf(one.events))).toEqual([[2]]);
  });

  test('and lives on after all sends again what beacons took along unanswered', async () => {
    addAll(events(2));
    outbox.sendNow();
    await sendAll();
    await sendAll();
    expect(network.requests.map((one) => idsOf(one.events))).toEqual([[1, 2]]);
  });

  test('keeps what the browser has no room for', async () => {
    network.beaconsTaken = 1;
    addAll(events(60));
    outbox.sendNow();
    expect(network.beacons).toHaveLength(1);
    await sendAll();
    expect(network.requests.flatMap((one) => idsOf(one.events))).toHaveLength(60);
  });
});
