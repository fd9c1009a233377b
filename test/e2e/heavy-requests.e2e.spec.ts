import { withServer } from '../support/e2e.js';
import { DoubleProcess } from '../support/eventstoredb/double-process.js';
import { codeOf, sendBody, sendGraphql, type GraphqlAnswer } from '../support/graphql.js';
import { doublingFragments, FAMILIES, times } from '../support/graphql-documents.js';
import { send, sendEvents, withKey } from '../support/http.js';
import { until } from '../support/polling.js';
import { SeededRandom, seedOfRun } from '../support/random.js';
import { randomBody, RandomRequests } from '../support/random-requests.js';

const INGEST = 'ingest-key-0000001';
const ADMIN = 'admin-key-00000001';
/** Refusing takes far less; a machine that is shared may be slow. */
const REFUSAL_CPU_SECONDS_MAX = 2;
/** All random requests together take one or two; hanging at one of them takes more. */
const RANDOM_CPU_SECONDS_MAX = 10;
const SEED = seedOfRun();
const REQUESTS = 150;

const heartbeats = (count: number, mediaId = 'm'): readonly object[] =>
  Array.from({ length: count }, () => ({ mediaId, eventType: 'HEARTBEAT' }));
const RECORD = 'recordStreamingEvents(inputs: $i) { accepted }';
const RECORDING = 'mutation($i: [StreamingEventInput!]!)';

describe('what the key of a player can send', () => {
  const under = withServer({ INGEST_KEY: INGEST, ADMIN_KEY: ADMIN });
  const ask = (query: string, variables: object = {}): Promise<GraphqlAnswer> =>
    sendGraphql(under.server.url, { query, variables: { ...variables } }, withKey(INGEST));
  const cpuSeconds = async (): Promise<number> => {
    const { text } = await send(`${under.server.url}/metrics`, { headers: withKey(ADMIN) });
    return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
  };
  const cpuOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = await cpuSeconds();
    await work();
    return (await cpuSeconds()) - before;
  };

  test.each([24, 30, 60, 900])('is refused: fragments that double %i times', async (steps) => {
    const cpu = await cpuOf(async () => {
      expect(codeOf(await ask(doublingFragments(steps)))).toBe('QUERY_TOO_COMPLEX');
    });
    expect(cpu).toBeLessThan(REFUSAL_CPU_SECONDS_MAX);
  });

  test('is refused in a short answer: 0.9 MB of members that there are not', async () => {
    const members = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, i) => [`member${String(i)}`, i]),
    );
    const cpu = await cpuOf(async () => {
      const inputs = [{ mediaId: 'm', eventType: 'HEARTBEAT', ...members }];
      const answer = await ask(`${RECORDING} { ${RECORD} }`, { i: inputs });
      expect([answer.status, codeOf(answer)]).toEqual([200, 'BAD_USER_INPUT']);
      expect(answer.errors[0]?.message).toContain('i[0]: has no member "member0"');
      expect(answer.text.length).toBeLessThan(1_000);
    });
    expect(cpu).toBeLessThan(REFUSAL_CPU_SECONDS_MAX);
  });

  test('is refused: more than 10,000 events by aliases of one variable', async () => {
    const aliased = (aliases: number): string =>
      `${RECORDING} { ${times(aliases, (i) => `a${String(i)}: ${RECORD}`)} }`;
    const refused = await ask(aliased(50), { i: heartbeats(201, 'many') });
    expect([codeOf(refused), refused.data]).toEqual(['QUERY_TOO_COMPLEX', undefined]);
    expect(refused.errors[0]?.message).toContain('10000 events');
    const stored = await ask(aliased(10), { i: heartbeats(1_000, 'many') });
    expect(stored.errors).toEqual([]);
  });

  test('is refused: half a million lines that are no events', async () => {
    const cpu = await cpuOf(async () => {
      const { status, json } = await sendEvents(under.server.url, 'x\n'.repeat(500_000), {
        'content-type': 'application/x-ndjson',
        ...withKey(INGEST),
      });
      expect([status, json.code]).toEqual([400, 'BAD_USER_INPUT']);
    });
    expect(cpu).toBeLessThan(REFUSAL_CPU_SECONDS_MAX);
  });

  test('is answered in time: 500,000 lists within each other', async () => {
    const lists = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    const variables = `{"i":[{"mediaId":${lists},"eventType":"HEARTBEAT"}]}`;
    const query = JSON.stringify(`${RECORDING} { ${RECORD} }`);
    const cpu = await cpuOf(async () => {
      const body = `{"query":${query},"variables":${variables}}`;
      const headers = { 'content-type': 'application/json', ...withKey(INGEST) };
      expect(codeOf(await sendBody(under.server.url, body, headers))).toBe('BAD_USER_INPUT');
      const { json } = await sendEvents(under.server.url, lists, withKey(INGEST));
      expect(json.code).toBe('BAD_USER_INPUT');
    });
    expect(cpu).toBeLessThan(REFUSAL_CPU_SECONDS_MAX);
  });

  test('has errors of few places, however often a field is selected', async () => {
    const field = 'popularStreams(first: 1) { totalCount }';
    const same = await ask(`{ ${times(50, () => field)} }`);
    expect(codeOf(same)).toBe('FORBIDDEN');
    const [error] = same.errors as readonly { readonly locations?: readonly object[] }[];
    expect(error?.locations).toHaveLength(5);
  });

  test.each(FAMILIES.map((family) => [family.name, family] as const))(
    'is answered in time: %s',
    async (_, { request, sizeMax }) => {
      const { query, variables } = request(sizeMax);
      const cpu = await cpuOf(async () => {
        const { text, status } = await ask(query, variables);
        expect(text).not.toContain('INTERNAL');
        expect([200, 413]).toContain(status);
      });
      expect(cpu).toBeLessThan(REFUSAL_CPU_SECONDS_MAX);
    },
  );

  const fuzz = `${String(REQUESTS)} random requests (FAULT_SEED=${String(SEED)})`;
  test(`is answered in time: ${fuzz}`, async () => {
    const requests = new RandomRequests(new SeededRandom(SEED), 20);
    const cpu = await cpuOf(async () => {
      for (let i = 0; i < REQUESTS; i += 1) {
        const { query, variables } = requests.next();
        const answer = await ask(query, variables);
        if (answer.text.includes('"INTERNAL"') || answer.status >= 500) {
          throw new Error(`request ${String(i)}: ${answer.text.slice(0, 300)}\n${query}`);
        }
      }
    });
    expect(cpu).toBeLessThan(RANDOM_CPU_SECONDS_MAX);
  });

  const bodies = `${String(REQUESTS)} random bodies (FAULT_SEED=${String(SEED)})`;
  test(`is answered in time: ${bodies}`, async () => {
    const random = new SeededRandom(SEED);
    const types = ['application/json', 'application/x-ndjson', 'text/plain'];
    const statuses = new Set<number>();
    const cpu = await cpuOf(async () => {
      for (let i = 0; i < REQUESTS; i += 1) {
        const body = randomBody(random, 60);
        const type = types[i % types.length] ?? '';
        const headers = { 'content-type': type, ...withKey(INGEST) };
        const { status, text, json } = await sendEvents(under.server.url, body, headers);
        if (![202, 400, 413].includes(status)) {
          throw new Error(`body ${String(i)}: ${String(status)} ${text.slice(0, 300)}`);
        }
        if (status === 400) expect(json.code).toBe('BAD_USER_INPUT');
        expect(text.length).toBeLessThan(2 ** 16);
        statuses.add(status);
      }
    });
    expect(statuses).toContain(400);
    expect(cpu).toBeLessThan(RANDOM_CPU_SECONDS_MAX);
  });

  test('leaves a server that ends in order', async () => {
    await under.restart();
  });
});

describe('what was answered TIMEOUT', () => {
  const double: { process?: DoubleProcess } = {};
  beforeAll(async () => {
    double.process = await DoubleProcess.start();
  });
  afterAll(() => double.process?.stop());
  const under = withServer(() => ({
    EVENTSTORE_URL: double.process?.url ?? '',
    VIEWER_SECRET: 'a secret of viewers',
    REQUEST_TIMEOUT_SECONDS: '1',
  }));

  test('stops: of its mutations those that have not begun change nothing', async () => {
    const record = (mediaId: string): string =>
      `recordStreamingEvent(input: { mediaId: "${mediaId}", eventType: SESSION_START }) {
        eventId }`;
    double.process?.signal('SIGSTOP');
    const query = `mutation { ${record('begun')} second: ${record('not begun')} }`;
    expect(codeOf(await sendGraphql(under.server.url, { query }))).toBe('TIMEOUT');
    double.process?.signal('SIGCONT');
    await until(async () => (await under.client.analytics('begun')).totalViews === 1);
    await under.client.record({ mediaId: 'later', eventType: 'SESSION_START' });
    expect((await under.client.analytics('later')).totalViews).toBe(1);
    expect((await under.client.analytics('not begun')).totalViews).toBe(0);
  });
});
