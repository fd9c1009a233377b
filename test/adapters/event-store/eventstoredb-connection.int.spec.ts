import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { EventStoreDbEventStore } from '../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { NO_STREAM } from '../../../src/ports/event-store.js';
import { append, eventsOf } from '../../contracts/event-store.js';
import {
  EventStoreDbDouble,
  type DoubleOptions,
} from '../../support/eventstoredb/eventstoredb-double.js';
import { describeWithDouble } from '../../support/eventstoredb/server-under-test.js';
import { until } from '../../support/polling.js';

const PASSWORD = 'c0rrect-h0rse';
/** Self-signed for localhost, with a key that protects nothing: it is public. */
const CA_FILE = fileURLToPath(new URL('../../fixtures/tls/localhost.crt', import.meta.url));
const tls = {
  key: readFileSync(CA_FILE.replace(/crt$/, 'key')),
  cert: readFileSync(CA_FILE),
};
const user = { name: 'admin', password: PASSWORD };
const prefix = 'p-';

const open = (url: string, silenceMsMax = 500): Promise<EventStoreDbEventStore> =>
  EventStoreDbEventStore.open({ url, prefix, appendDeadlineMs: 500, silenceMsMax });

/** Why a store cannot be opened. */
async function reasonOf(url: string): Promise<string> {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  try {
    const store = await open(url);
    await store.close();
    return 'it was opened';
  } catch (error) {
    // What a logger could print of it: the message, the causes, all their members.
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(PASSWORD);
    expect(warn).not.toHaveBeenCalled();
    return (error as Error).message;
  } finally {
    warn.mockRestore();
  }
}

describe('a connection string that cannot be used is refused', () => {
  const secret = `esdb://admin:${PASSWORD}@`;
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['of another kind', `http://admin:${PASSWORD}@host`, /must look like esdb:/],
    ['with a bare @ in the password', `esdb://admin:x@${PASSWORD}@host`, /percent-encoded/],
    ['with a bare ? in the password', `esdb://admin:x?${PASSWORD}@host`, /percent-encoded/],
    ['without a host', secret, /must look like esdb:/],
    ['with a port that is none', `${secret}host:port`, /cannot be read at character \d+: expected/],
    ['with an unknown option', `${secret}host:1?tsl=false`, /unknown option tsl; known are tls, /],
    ['with an option of no value', `${secret}host:1?tls`, /has tls, where an option is name=value/],
    ['with a value that is none', `${secret}host:1?tls=no`, /expected true or false/],
    ['that would not verify', `${secret}host:1?tlsVerifyCert=false`, /tlsVerifyCert.*tlsCAFile/],
    ['with a missing file', `${secret}host:1?tlsCAFile=/nowhere`, /certificate.*not found/i],
  ];
  test.each(cases)('%s', async (_, url, reason) => {
    expect(await reasonOf(url)).toMatch(reason);
    await expect(open(url)).rejects.toMatchObject({ name: 'BadEventStoreUrl' });
  });
});

describeWithDouble('the reason why EventStoreDB cannot be opened', () => {
  const doubles: EventStoreDbDouble[] = [];
  const start = async (options: DoubleOptions = {}): Promise<EventStoreDbDouble> => {
    const double = await EventStoreDbDouble.start(options);
    doubles.push(double);
    return double;
  };
  const at = ({ port }: EventStoreDbDouble, options = ''): string =>
    `esdb://admin:${PASSWORD}@localhost:${String(port)}${options}`;
  const trusted = `?tlsCAFile=${encodeURIComponent(CA_FILE)}`;
  afterEach(() => {
    for (const double of doubles.splice(0)) double.down();
  });

  test('nothing listens there', async () => {
    const double = await start();
    double.down();
    const reason = await reasonOf(at(double, '?tls=false'));
    expect(reason).toBe(
      `EventStoreDB at localhost:${String(double.port)} cannot be reached, nothing listens ` +
        'there: start it, or correct EVENTSTORE_URL',
    );
  });

  test('its host is not known', async () => {
    const reason = await reasonOf(`esdb://admin:${PASSWORD}@no-such-host.invalid:2113`);
    expect(reason).toMatch(/^EventStoreDB at no-such-host.invalid:2113 cannot be found/);
  });

  test('it does not speak TLS', async () => {
    expect(await reasonOf(at(await start()))).toMatch(/does not speak TLS: add tls=false/);
  });

  test('it wants TLS', async () => {
    const double = await start({ tls });
    expect(await reasonOf(at(double, '?tls=false'))).toMatch(/may want TLS/);
  });

  test('its certificate is not trusted', async () => {
    expect(await reasonOf(at(await start({ tls })))).toMatch(/not trusted: .* tlsCAFile/);
  });

  test('it does not accept the password', async () => {
    const double = await start({ tls, user: { ...user, password: 'another' } });
    expect(await reasonOf(at(double, trusted))).toMatch(/does not accept the user or the password/);
  });

  test('the user may not read it', async () => {
    const double = await start({ tls, user });
    double.faults.reads.push({ kind: 'access-denied', after: 0 });
    expect(await reasonOf(at(double, trusted))).toMatch(/denies access: .* \$all/);
  });

  test('it does not answer', async () => {
    const double = await start();
    double.faults.reads.push({ kind: 'stuck', after: 0 });
    expect(await reasonOf(double.url)).toMatch(/ does not answer$/);
  });

  test('it is a cluster of which no node is there', async () => {
    const url = 'esdb://127.0.0.1:1,127.0.0.1:2?tls=false&maxDiscoverAttempts=1';
    expect(await reasonOf(url)).toMatch(/^EventStoreDB at 127.0.0.1:1,127.0.0.1:2 is no cluster/);
  });

  test('none: the user, the password and the authority are right', async () => {
    const store = await open(at(await start({ tls, user }), trusted));
    const outcomes = await store.append([append('p-s', NO_STREAM, eventsOf('a', 1))]);
    expect(outcomes).toMatchObject([{ kind: 'appended' }]);
    expect(await store.readStream('p-s')).toHaveLength(1);
    await store.close();
  });

  test('is in the cause of later errors too, which name no password', async () => {
    const double = await start({ tls, user });
    const store = await open(at(double, trusted));
    double.down();
    const error: unknown = await store.head().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'the event store cannot be reached',
      cause: { message: expect.stringContaining('EventStoreDB at localhost') as string },
    });
    const [outcome] = await store.append([append('p-s', NO_STREAM, eventsOf('a', 1))]);
    const shown = inspect([error, outcome], { depth: 10, showHidden: true });
    expect(shown).toMatch(/nothing listens there/);
    expect(shown).not.toContain(PASSWORD);
    expect(shown).not.toContain(Buffer.from(`admin:${PASSWORD}`).toString('base64'));
    await store.close();
  });
});

describeWithDouble('a cluster of EventStoreDB', () => {
  let first: EventStoreDbDouble;
  let second: EventStoreDbDouble;
  let store: EventStoreDbEventStore | undefined;
  beforeEach(async () => {
    first = await EventStoreDbDouble.start();
    second = await EventStoreDbDouble.start({ log: first.log });
  });
  afterEach(async () => {
    await store?.close();
    store = undefined;
    first.down();
    second.down();
  });
  const both = (): string =>
    `esdb://127.0.0.1:${String(first.port)},127.0.0.1:${String(second.port)}` +
    '?tls=false&maxDiscoverAttempts=1&discoveryInterval=10';
  const appendTo = async (name: string): Promise<string | undefined> => {
    const what = append(`p-${name}`, NO_STREAM, eventsOf(name, 1));
    return (await store?.append([what]))?.[0]?.kind;
  };
  const lead = (leader: EventStoreDbDouble, follower: EventStoreDbDouble): void => {
    leader.leader = undefined;
    follower.leader = leader.endpoint;
  };

  test('is entered by its leader', async () => {
    lead(second, first);
    store = await open(both());
    expect(await appendTo('a')).toBe('appended');
    expect([first.appendCalls, second.appendCalls]).toEqual([0, 1]);
  });

  test('is entered by any node, which names the leader', async () => {
    lead(second, first);
    store = await open(first.url);
    expect(await appendTo('a')).toBe('appended');
    expect([first.appendCalls, second.appendCalls]).toEqual([0, 1]);
  });

  test('whose leader changes is followed: by reads at once, by appends when repeated', async () => {
    lead(first, second);
    store = await open(both());
    expect(await appendTo('a')).toBe('appended');
    lead(second, first);
    expect(await store.readStream('p-a')).toHaveLength(1);
    await until(async () => (await appendTo('b')) === 'appended');
    expect(second.appendCalls).toBeGreaterThan(0);
    expect(first.log.stream('p-b')).toHaveLength(1);
  });

  test('of which nothing is left is found again when it is back', async () => {
    lead(first, second);
    store = await open(both());
    store.onAppended(() => undefined);
    first.down();
    second.down();
    for (let i = 0; i < 5; i += 1) {
      await expect(store.head()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(await appendTo('a')).toBe('unknown');
    }
    await first.up();
    await second.up();
    await until(async () => (await appendTo('a')) === 'appended');
    expect(await store.readStream('p-a')).toHaveLength(1);
  });

  test('whose nodes go one by one, under calls, leaves no rejection behind', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown): void => {
      unhandled.push(error);
    };
    process.on('unhandledRejection', onUnhandled);
    lead(first, second);
    store = await open(both(), 20_000);
    first.faults.reads.push({ kind: 'stuck', after: 0 });
    const onFirst = store.head().catch(() => 'failed');
    await until(() => first.faults.reads.length === 0);
    lead(second, first);
    expect(await store.readStream('p-a')).toEqual([]);
    second.down();
    await expect(store.head()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    first.isGossipStuck = true;
    const asked = first.gossipCalls;
    const searching = store.head().catch(() => 'failed');
    await until(() => first.gossipCalls > asked);
    // A call of the connection before fails while another searches, in vain.
    first.down();
    expect(await Promise.all([onFirst, searching])).toEqual(['failed', 'failed']);
    first.isGossipStuck = false;
    await first.up();
    await second.up();
    await until(async () => (await appendTo('a')) === 'appended');
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled).toEqual([]);
  });
});
