import { jest } from '@jest/globals';

interface Event {
  readonly mediaId: string;
  readonly sessionId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly occurredAt: string;
  readonly duration?: number;
  readonly playedFrom?: number;
  readonly playedTo?: number;
  readonly sentAt?: string;
}
interface Outbox {
  add(event: Event): void;
  send(): Promise<void>;
  sendNow(): void;
}
interface Module {
  readonly Outbox: new (url: string, store?: object, merge?: unknown) => Outbox;
}

/** The tracker is a program of its own, with the types of a browser. */
const MODULE = '../../tracker/outbox.ts';
const MERGED = '../../tracker/merged.ts';
const WORDS = '../../tracker/parts.ts';
const URL_OF_EVENTS = 'https://stats.example/events?partial=1&key=k';
const MINUTE_MS = 60_000;

type Answer = (events: readonly Event[]) => Response | Promise<Response>;
const taken = (): Response => Response.json({ accepted: 1 }, { status: 202 });
const refused = (
  status: number,
  body: object = {},
  headers: Record<string, string> = {},
): Answer => {
  return () => Response.json(body, { status, headers });
};
const away: Answer = () => Promise.reject(new TypeError('Failed to fetch'));

describe('the outbox of the tracker', () => {
  let module: Module;
  let merged: unknown;
  let outbox: Outbox;
  let answers: Answer[];
  let standing: Answer;
  let sent: { readonly at: number; readonly events: readonly Event[] }[];
  let arrived: Event[];
  let beacons: (readonly Event[])[];
  let said: string[];
  const { fetch } = globalThis;
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const { warn } = console;

  beforeEach(async () => {
    jest.useFakeTimers();
    jest.resetModules();
    [answers, sent, arrived, beacons, said] = [[], [], [], [], []];
    standing = taken;
    globalThis.fetch = async (_, init) => {
      const events = JSON.parse(init?.body as string) as readonly Event[];
      sent.push({ at: Date.now(), events });
      const abort = new Promise<Response>((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => {
          reject(new TypeError('aborted'));
        });
      });
      const answer = answers.shift() ?? standing;
      const response = await Promise.race([answer(events), abort]);
      if (response.status === 202) arrived.push(...events);
      return response;
    };
    Object.defineProperty(globalThis, 'navigator', {
      configurable: true,
      value: {
        sendBeacon: (_: string, body: string) => {
          beacons.push(JSON.parse(body) as readonly Event[]);
          return true;
        },
      },
    });
    console.warn = (text: string) => said.push(text);
    // The timers of Node's own are not those that a test passes.
    AbortSignal.timeout = (ms) => {
      const abort = new AbortController();
      setTimeout(() => {
        abort.abort();
      }, ms);
      return abort.signal;
    };
    await import(WORDS);
    module = (await import(MODULE)) as Module;
    ({ merged } = (await import(MERGED)) as { readonly merged: unknown });
    outbox = new module.Outbox(URL_OF_EVENTS, undefined, merged);
  });
  afterEach(() => {
    jest.useRealTimers();
    globalThis.fetch = fetch;
    AbortSignal.timeout = timeout;
    console.warn = warn;
  });

  let number = 0;
  const event = (eventType: string, more: Partial<Event> = {}): Event => ({
    mediaId: 'm',
    sessionId: 's',
    eventId: String((number += 1)),
    eventType,
    occurredAt: new Date().toISOString(),
    ...more,
  });
  const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
  const idsOf = (events: readonly Event[]): readonly string[] =>
    events.map(({ eventId }) => eventId);

  it('brings a view and its end once after ninety minutes without the server', async () => {
    standing = away;
    outbox.add(event('SESSION_START'));
    void outbox.send();
    for (let minute = 0; minute < 90; minute += 1) {
      for (let i = 0; i < 6; i += 1) outbox.add(event('HEARTBEAT', { duration: 10 }));
      await pass(MINUTE_MS);
    }
    outbox.add(event('SESSION_END'));
    standing = taken;
    await pass(MINUTE_MS);
    const types = arrived.map(({ eventType }) => eventType);
    expect(types.filter((type) => type === 'SESSION_START')).toHaveLength(1);
    expect(types.at(-1)).toBe('SESSION_END');
    const watched = arrived.reduce((sum, { duration = 0 }) => sum + duration, 0);
    expect(watched).toBe(90 * 60);
    expect(new Set(idsOf(arrived)).size).toBe(arrived.length);
    expect(said).toHaveLength(1);
  });

  it('makes heartbeats one before anything is given up, and starts and ends last', async () => {
    standing = away;
    outbox.add(event('SESSION_START'));
    for (let i = 0; i < 3_000; i += 1) outbox.add(event('HEARTBEAT', { duration: 10 }));
    outbox.add(event('SESSION_END'));
    standing = taken;
    await outbox.send();
    expect(arrived.length).toBeLessThanOrEqual(1_000);
    expect(arrived.at(0)?.eventType).toBe('SESSION_START');
    expect(arrived.at(-1)?.eventType).toBe('SESSION_END');
    expect(arrived.reduce((sum, { duration = 0 }) => sum + duration, 0)).toBe(30_000);
    expect(said).toEqual([]);
  });

  it.each([
    ['429', refused(429, {}, { 'retry-after': '120' }), 120_000],
    ['503 with JSON', refused(503, { code: 'OVERLOADED' }, { 'retry-after': '7' }), 7_000],
    ['no network', away, 1_000],
    ['an answer of something else', () => new Response('<p>hello', { status: 200 }), 1_000],
  ])('tries again after %s, no sooner than it is asked to', async (_, answer, waitMs) => {
    answers = [answer];
    outbox.add(event('SESSION_START'));
    void outbox.send();
    await pass(waitMs - 1);
    expect(sent).toHaveLength(1);
    await pass(waitMs / 2 + 2);
    expect(sent).toHaveLength(2);
    expect(idsOf(sent[1]?.events ?? [])).toEqual(idsOf(sent[0]?.events ?? []));
    expect(sent[1]?.events[0]?.sentAt).not.toBe(sent[0]?.events[0]?.sentAt);
    expect(arrived).toHaveLength(1);
  });

  it('takes an answer that comes after half a minute, and asks again after a minute', async () => {
    const late =
      (ms: number): Answer =>
      async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return taken();
      };
    answers = [late(30_000), late(600_000)];
    outbox.add(event('SESSION_START'));
    void outbox.send();
    await pass(31_000);
    expect([sent.length, arrived.length]).toEqual([1, 1]);
    outbox.add(event('SESSION_END'));
    void outbox.send();
    await pass(65_000);
    expect([sent.length, arrived.length]).toEqual([3, 2]);
  });

  it('sends less at once where that was too much, and drops what is too large alone', async () => {
    standing = (events) => (events.length > 6 ? refused(413)(events) : taken());
    for (let i = 0; i < 50; i += 1) outbox.add(event('HEARTBEAT'));
    await outbox.send();
    expect(arrived).toHaveLength(50);
    expect(said).toEqual([]);
    standing = refused(413);
    outbox.add(event('HEARTBEAT'));
    void outbox.send();
    await pass(3 * MINUTE_MS);
    const tries = sent.length;
    await pass(10 * MINUTE_MS);
    expect(sent).toHaveLength(tries);
    expect(said).toEqual([expect.stringContaining('too large')]);
  });

  it('keeps what is refused for its key, says so once, and sends it by the last beacon', async () => {
    standing = refused(401);
    outbox.add(event('SESSION_START'));
    void outbox.send();
    await pass(5 * MINUTE_MS);
    expect(said).toEqual([expect.stringContaining('INGEST_KEY')]);
    outbox.add(event('SESSION_END'));
    outbox.sendNow();
    expect(beacons.flat().map(({ eventType }) => eventType)).toContain('SESSION_END');
  });

  it('drops what is named as bad, with a warning, and nothing else', async () => {
    answers = [
      () =>
        Response.json(
          { accepted: 1, errors: [{ index: 1, code: 'BAD_USER_INPUT', message: 'duration: no' }] },
          { status: 202 },
        ),
    ];
    outbox.add(event('SESSION_START'));
    outbox.add(event('HEARTBEAT'));
    await outbox.send();
    expect(said).toEqual(['Playhead: an event was refused: duration: no']);
    outbox.add(event('SESSION_END'));
    await outbox.send();
    expect(sent.at(-1)?.events).toHaveLength(1);
  });

  describe('of what somebody else may have', () => {
    const watched = (events: readonly Event[]): number => {
      const byId = new Map(events.map((one) => [`${one.sessionId} ${one.eventId}`, one] as const));
      return [...byId.values()].reduce((sum, { duration = 0 }) => sum + duration, 0);
    };
    const beat = (sessionId = 's'): void => {
      outbox.add(event('HEARTBEAT', { duration: 10, sessionId }));
    };
    const beats = (count: number): void => {
      for (let i = 0; i < count; i += 1) beat();
    };

    it('makes nothing one with what a beacon took along', async () => {
      beats(150);
      outbox.sendNow();
      beats(50);
      await outbox.send();
      expect(watched([...beacons.flat(), ...arrived])).toBe(2_000);
    });

    it('makes nothing one with what was tried, whose answer was lost', async () => {
      beats(120);
      standing = (events) => {
        arrived.push(...events);
        return Promise.reject(new TypeError('Failed to fetch'));
      };
      void outbox.send();
      await pass(5_000);
      beats(80);
      standing = taken;
      await pass(10 * MINUTE_MS);
      expect(watched(arrived)).toBe(2_000);
    });

    it('makes nothing one with what another page may have loaded', async () => {
      const kept = new Map<string, Event>();
      const store = {
        add: (one: Event) => kept.set(one.eventId, one),
        remove: (events: readonly Event[]) => {
          for (const { eventId } of events) kept.delete(eventId);
        },
        load: () => Promise.resolve([...kept.values()]),
        viewer: () => Promise.resolve(undefined),
      };
      outbox = new module.Outbox(URL_OF_EVENTS, store, merged);
      await pass(1);
      beats(150);
      const loaded = [...kept.values()];
      beats(50);
      await outbox.send();
      expect(loaded.length).toBeGreaterThanOrEqual(100);
      expect(watched([...loaded, ...arrived])).toBe(2_000);
    });

    it('makes the heartbeats of two elements one, each with its own', () => {
      standing = away;
      beats(100);
      for (let i = 0; i < 100; i += 1) {
        beat('one');
        beat('two');
      }
      outbox.sendNow();
      expect(beacons.flat().length).toBeLessThanOrEqual(103);
      expect(watched(beacons.flat())).toBe(3_000);
    });

    it('makes no event longer than the server takes', () => {
      beats(20_000);
      outbox.sendNow();
      const lengths = beacons.flat().map(({ duration = 0 }) => duration);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(86_400);
      expect(watched(beacons.flat())).toBe(200_000);
    });
  });

  it('brings the last word of a page before what matters less, where not all goes along', () => {
    let left = 1;
    Object.defineProperty(globalThis, 'navigator', {
      configurable: true,
      value: {
        sendBeacon: (_: string, body: string) => {
          if ((left -= 1) < 0) return false;
          beacons.push(JSON.parse(body) as readonly Event[]);
          return true;
        },
      },
    });
    for (let i = 0; i < 99; i += 1) outbox.add(event('HEARTBEAT', { duration: 10 }));
    outbox.add(event('SESSION_END'));
    outbox.sendNow();
    expect(beacons.flat().map(({ eventType }) => eventType)).toContain('SESSION_END');
    expect(sent).toHaveLength(1);
  });

  it('brings the last word by a request of its own, where a send waits and no beacon goes', async () => {
    Object.defineProperty(globalThis, 'navigator', {
      configurable: true,
      value: { sendBeacon: () => false },
    });
    answers = [refused(503, {}, { 'retry-after': '600' })];
    outbox.add(event('SESSION_START'));
    void outbox.send();
    await pass(100);
    outbox.add(event('SESSION_END'));
    outbox.sendNow();
    await pass(1);
    expect(arrived.map(({ eventType }) => eventType)).toEqual(['SESSION_START', 'SESSION_END']);
  });

  it('sends nothing from the future, where the clock is set back while events wait', async () => {
    outbox.add(event('SESSION_START'));
    jest.setSystemTime(Date.now() - 60 * MINUTE_MS);
    await outbox.send();
    const [one] = arrived;
    expect(one?.occurredAt).toBe(one?.sentAt);
  });

  it('waits until the time that the server names', async () => {
    jest.setSystemTime(new Date('2026-11-30T10:00:00Z'));
    answers = [refused(503, {}, { 'retry-after': 'Mon, 30 Nov 2026 10:02:00 GMT' })];
    outbox.add(event('SESSION_START'));
    void outbox.send();
    await pass(119_000);
    expect(sent).toHaveLength(1);
    await pass(62_000);
    expect(sent).toHaveLength(2);
  });

  it('sends again what a beacon took along, where the page came back', async () => {
    outbox.add(event('HEARTBEAT'));
    outbox.sendNow();
    outbox.sendNow();
    expect(beacons).toHaveLength(1);
    await outbox.send();
    expect(idsOf(arrived)).toEqual(idsOf(beacons.flat()));
  });

  it('does without beacons', async () => {
    Object.defineProperty(globalThis, 'navigator', { configurable: true, value: {} });
    outbox.add(event('SESSION_END'));
    outbox.sendNow();
    await pass(1);
    expect(arrived).toHaveLength(1);
  });
});
