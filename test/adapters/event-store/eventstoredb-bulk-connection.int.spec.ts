import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BulkReader } from '../../../src/adapters/event-store/eventstoredb/bulk-reader.js';
import { EventStoreDbEventStore } from '../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { LOG_START, NO_STREAM } from '../../../src/ports/event-store.js';
import { append, eventsOf, namesOf } from '../../contracts/event-store.js';
import {
  EventStoreDbDouble,
  type DoubleOptions,
} from '../../support/eventstoredb/eventstoredb-double.js';
import { describeWithDouble } from '../../support/eventstoredb/server-under-test.js';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));
const option = (name: string, file: string): string =>
  `${name}=${encodeURIComponent(fixture(file))}`;
/** Of an authority of their own; the keys protect nothing: they are public. */
const tls = { key: readFileSync(fixture('server.key')), cert: readFileSync(fixture('server.crt')) };
const TRUSTED = option('tlsCAFile', 'authority.crt');

describeWithDouble('the successor of the client of EventStoreDB', () => {
  const doubles: EventStoreDbDouble[] = [];
  const start = async (options: DoubleOptions = {}): Promise<EventStoreDbDouble> => {
    const double = await EventStoreDbDouble.start(options);
    doubles.push(double);
    return double;
  };
  afterEach(() => {
    for (const double of doubles.splice(0)) double.down();
  });

  /** What is read by way of a connection string, and why not by the successor, if so. */
  async function readBy(url: string): Promise<readonly [reason: string, ...names: string[]]> {
    const slow: string[] = [];
    const bulk = { onSlow: (reason: string) => slow.push(reason) };
    const store = await EventStoreDbEventStore.open({ url, prefix: 'p-', bulk });
    try {
      await store.append([append('p-s', NO_STREAM, eventsOf('a', 2))]);
      const { events } = await store.readAll(LOG_START, 100);
      return [slow[0] ?? 'by the successor', ...namesOf(events)];
    } finally {
      await store.close();
    }
  }
  const READ = ['by the successor', 'a-0', 'a-1'];

  test('reads over plain HTTP/2', async () => {
    expect(await readBy((await start()).url)).toEqual(READ);
  });

  test('trusts the authority that the connection string names', async () => {
    const { port } = await start({ tls });
    expect(await readBy(`esdb://localhost:${String(port)}?${TRUSTED}`)).toEqual(READ);
  });

  test('trusts whom Node is told to trust where it names none', async () => {
    const { port } = await start({ tls });
    const target = { url: `kurrentdb://localhost:${String(port)}` };
    const isRead = async (): Promise<boolean> => {
      const bulk = new BulkReader({ target, prefix: 'p-', silenceMsMax: 10_000 });
      const otherwise = { events: [], scanned: NaN, isEnd: true };
      const wanted = { after: LOG_START, limit: 10, signal: undefined };
      const page = await bulk.readAllOr(wanted, () => Promise.resolve(otherwise));
      await bulk.close();
      return page !== otherwise;
    };
    expect(await isRead()).toBe(false);
    process.env.NODE_EXTRA_CA_CERTS = fixture('authority.crt');
    expect(await isRead()).toBe(true);
    delete process.env.NODE_EXTRA_CA_CERTS;
  });

  test('shows its own certificate', async () => {
    const authority = readFileSync(fixture('authority.crt'));
    const { port } = await start({ tls: { ...tls, clientAuthority: authority } });
    const own = [option('userCertFile', 'client.crt'), option('userKeyFile', 'client.key')];
    const options = [TRUSTED, ...own].join('&');
    expect(await readBy(`esdb://localhost:${String(port)}?${options}`)).toEqual(READ);
  });

  test('sends the user and the password, whatever characters they have', async () => {
    const user = { name: 'ad:min@home', password: 'c0rrect/h0rse?#%+é' };
    const { port } = await start({ tls, user });
    const userInfo = [user.name, user.password].map(encodeURIComponent).join(':');
    const url = `esdb://${userInfo}@localhost:${String(port)}?${TRUSTED}`;
    expect(await readBy(url)).toEqual(READ);
  });

  test('takes every option, however it is spelled', async () => {
    const { url } = await start();
    const options = [
      'connectionName=a%20name',
      'max-discover-attempts=2',
      'DISCOVERY_INTERVAL=50',
      'gossipTimeout=1000',
      'keepAliveInterval=20000',
      'keepAliveTimeout=20000',
      'defaultDeadline=9000',
      'nodePreference=follower',
      'throwOnAppendFailure=false',
    ];
    expect(await readBy(`${url}&${options.join('&')}`)).toEqual(READ);
  });

  test('takes keepalive that is off', async () => {
    const { url } = await start();
    expect(await readBy(`${url}&keepAliveInterval=-1&keepAliveTimeout=-1`)).toEqual(READ);
  });

  test.each([
    [
      'any member, which names the leader',
      (_: number, other: number) => `esdb://127.0.0.1:${String(other)}`,
    ],
    [
      'all members',
      (a: number, b: number) => `esdb://127.0.0.1:${String(b)},127.0.0.1:${String(a)}`,
    ],
    [
      'a name that stands for them',
      (_: number, b: number) => `esdb+discover://localhost:${String(b)}`,
    ],
  ])('finds the leader by %s', async (_, urlOf) => {
    const leader = await start();
    const follower = await start({ log: leader.log });
    follower.leader = leader.endpoint;
    const options = 'tls=false&maxDiscoverAttempts=2&discoveryInterval=10';
    expect(await readBy(`${urlOf(leader.port, follower.port)}?${options}`)).toEqual(READ);
  });

  test('leaves a server alone that it does not trust, though the client does', async () => {
    // A certificate of its own making is an authority, which the successor takes for no server's.
    const cert = readFileSync(fixture('localhost.crt'));
    const { port } = await start({ tls: { key: readFileSync(fixture('localhost.key')), cert } });
    const own = option('tlsCAFile', 'localhost.crt');
    const [reason, ...names] = await readBy(`esdb://localhost:${String(port)}?${own}`);
    expect([reason, names]).toEqual([expect.stringMatching(/./), ['a-0', 'a-1']]);
    expect(reason).not.toBe('by the successor');
  });
});
