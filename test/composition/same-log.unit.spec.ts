import { SameLog } from '../../src/composition/same-log.js';
import { NO_STREAM, type AppendOutcome, type StreamAppend } from '../../src/ports/event-store.js';
import {
  meteredEventStore,
  type MeteredEventStore,
} from '../../src/telemetry/metered-event-store.js';
import { Telemetry } from '../../src/telemetry/telemetry.js';
import { append, eventsOf, idOf, namesOf, readEverything } from '../contracts/event-store.js';
import { BackedUpStore } from '../support/backed-up-store.js';

const unavailable = { code: 'STORE_UNAVAILABLE' };

/** A store that may be out of reach. */
class Server extends BackedUpStore {
  isAway = false;

  override async append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    const cause = new Error('away');
    return this.isAway ? appends.map(() => ({ kind: 'unknown', cause })) : super.append(appends);
  }

  override ping(): Promise<void> {
    return this.isAway ? Promise.reject(new Error('away')) : super.ping();
  }

  /** Puts another log in the place of this one, behind the node's back. */
  async exchange(): Promise<void> {
    await this.putBackTo(0);
    await super.append([append('other', NO_STREAM, eventsOf('other', 9))]);
  }
}

let server: Server;
let store: MeteredEventStore;
let warnings: string[];
beforeEach(async () => {
  server = new Server();
  await server.append([append('meta', NO_STREAM, eventsOf('meta', 1))]);
  warnings = [];
  const first = { position: 1, id: (await server.readAt(1))?.id ?? '' };
  const { past } = server;
  store = meteredEventStore(server, new Telemetry(), { tell: () => undefined }, past);
  const operatorLog = { warn: (line: string) => warnings.push(line) };
  store.guard = new SameLog({ log: server, past, first, operatorLog });
});

const appendOne = async (name: string): Promise<AppendOutcome | undefined> =>
  (await store.append([append(name, NO_STREAM, eventsOf(name, 1))]))[0];
const names = async (): Promise<readonly string[]> => namesOf(await readEverything(server));

test.each<readonly [string, () => Promise<unknown>]>([
  ['an append', () => appendOne('lost')],
  [
    'a sign of life',
    async () => {
      await expect(store.ping()).rejects.toThrow('away');
    },
  ],
])('after %s without an answer nothing is added to another log', async (_, ask) => {
  expect(await appendOne('a')).toMatchObject({ kind: 'appended' });
  server.isAway = true;
  await ask();
  await server.exchange();
  server.isAway = false;
  const before = await names();
  expect(await appendOne('b')).toMatchObject({ kind: 'unknown', cause: unavailable });
  expect(await appendOne('c')).toMatchObject({ kind: 'unknown', cause: unavailable });
  expect(await names()).toEqual(before);
});

test('after an append without an answer the same log takes the next one', async () => {
  server.isAway = true;
  expect(await appendOne('a')).toMatchObject({ kind: 'unknown' });
  server.isAway = false;
  expect(await appendOne('a')).toMatchObject({ kind: 'appended' });
  expect(warnings).toEqual([]);
});

test('a log that was put back is the same, and another one is noticed after it', async () => {
  await appendOne('a');
  // Who appends it tells of it.
  server.past.saw({ position: 2, id: idOf('a-0') }, server.past.known());
  await server.putBackTo(1);
  await store.ping();
  expect(warnings).toHaveLength(1);
  await server.exchange();
  await expect(store.ping()).rejects.toMatchObject(unavailable);
  expect(await appendOne('b')).toMatchObject({ kind: 'unknown', cause: unavailable });
});
