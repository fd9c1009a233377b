import { getIntrospectionQuery } from 'graphql';
import { DOCUMENTS } from '../support/api-client.js';
import { withServer } from '../support/e2e.js';
import {
  codeOf,
  getGraphql,
  sendBody,
  sendGraphql,
  type GraphqlAnswer,
} from '../support/graphql.js';

const under = withServer();

beforeAll(async () => {
  await under.client.register({ mediaId: 'm', title: 'M' });
  await under.client.record({ mediaId: 'm', eventType: 'SESSION_START' });
  await under.client.popular({ first: 1 });
});

const send = (query: string, variables: object = {}): Promise<GraphqlAnswer> =>
  sendGraphql(under.server.url, { query, variables: { ...variables } });

describe('a document that is sent time and again answers as at first', () => {
  const total = '{ totalCount }';
  const documents: readonly (readonly [string, string, object, string?])[] = [
    ['a default', `query($n: Int = 5) { popularStreams(first: $n) ${total} }`, {}],
    [
      'a default of a non-null type',
      `query($n: Int! = 5) { popularStreams(first: $n) ${total} }`,
      {},
    ],
    [
      'an enum as the default of a non-null type',
      `query($p: TimePeriod! = DAY) { popularStreams(first: 1, period: $p) ${total} }`,
      {},
    ],
    [
      'a default that is not used',
      `query($p: TimePeriod! = DAY) { popularStreams(first: 1, period: $p) ${total} }`,
      { p: 'WEEK' },
    ],
    [
      'a condition with a default',
      `query($no: Boolean! = false) { popularStreams(first: 1) {
        totalCount pageInfo @include(if: $no) { hasNextPage } } }`,
      {},
    ],
    [
      'a variable left out where the argument has a default',
      `query($p: TimePeriod) { popularStreams(first: 1, period: $p) ${total} }`,
      {},
    ],
    [
      'null where the argument is not null',
      `query($p: TimePeriod) { popularStreams(first: 1, period: $p) ${total} }`,
      { p: null },
      'BAD_USER_INPUT',
    ],
    [
      'null in place of a default, where the argument is not null',
      `query($n: Int = 5) { popularStreams(first: $n) ${total} }`,
      { n: null },
      'BAD_USER_INPUT',
    ],
    [
      'conditions and fragments',
      `query($yes: Boolean!, $no: Boolean!) { popularStreams(first: 1) {
        totalCount @skip(if: $no) ...Edges @include(if: $yes) } }
      fragment Edges on StreamConnection { edges { node { id ...Title __typename } } }
      fragment Title on Stream { title }`,
      { yes: true, no: false },
    ],
    [
      'aliases',
      `{ a: popularStreams(first: 1) ${total} b: popularStreams(first: 2, period: DAY) ${total}
         c: streamingAnalytics(mediaId: "none") { totalViews } }`,
      {},
    ],
    [
      'a variable inside an input',
      `mutation($d: Duration) { recordStreamingEvent(
        input: { mediaId: "other", eventType: HEARTBEAT, duration: $d }) { duplicate } }`,
      { d: 1.5 },
    ],
    [
      'a variable of the wrong type inside an input',
      `mutation($t: Time) { recordStreamingEvent(
        input: { mediaId: "other", eventType: HEARTBEAT, occurredAt: $t }) { duplicate } }`,
      { t: 'never' },
      'BAD_USER_INPUT',
    ],
    [
      'a variable nobody asked for',
      `query($n: Int!) { popularStreams(first: $n) ${total} }`,
      {
        n: 1,
        more: { x: 1 },
      },
    ],
    ['an introspection', '{ __type(name: "Stream") { name fields { name } } }', {}],
  ];
  const cases = documents.map((document) => [document[0], document] as const);
  test.each(cases)('%s', async (_, [, query, variables, code]) => {
    const answers: GraphqlAnswer[] = [];
    for (let i = 0; i < 6; i += 1) answers.push(await send(query, variables));
    const summaries = answers.map((answer) =>
      code === undefined ? answer.text : String(codeOf(answer)),
    );
    expect(summaries).toEqual(summaries.map(() => code ?? summaries[0]));
    if (code === undefined) expect(summaries[0]).not.toContain('errors');
  });

  test('whatever it asks for, one mutation after the other, in their order', async () => {
    const query = `mutation { first: registerMedia(input: {mediaId: "order", title: "1"}) { title }
      second: registerMedia(input: {mediaId: "order", title: "2"}) { title }
      third: registerMedia(input: {mediaId: "order", title: "3"}) { title } }`;
    for (let i = 0; i < 4; i += 1) {
      expect((await send(query)).data).toEqual({
        first: { title: '1' },
        second: { title: '2' },
        third: { title: '3' },
      });
    }
  });
});

/** A document with its beginning for a title. */
const titled = (query: string): readonly [string, string] => [query.slice(0, 70), query];

describe('a document that is refused', () => {
  const long = 'x'.repeat(3_000);
  const unparsable = ['{', 'query', '{ a(', `{ "${long}" }`, '{ a(b: "\\ud83d") }', '{ ? }', long];
  test.each(unparsable.map(titled))('cannot be parsed: %s', async (_, query) => {
    expect(codeOf(await send(query))).toBe('GRAPHQL_PARSE_FAILED');
  });

  const invalid = [
    '{ nothing }',
    `{ ${long} }`,
    '{ popularStreams { totalCount } }',
    '{ popularStreams(first: 1) }',
    '{ popularStreams(first: 1, last: 1) { totalCount } }',
    '{ popularStreams(first: $n) { totalCount } }',
    'query($n: Int) { popularStreams(first: $n) { totalCount } }',
    'query($n: String!) { popularStreams(first: $n) { totalCount } }',
    'query($n: Int!) { popularStreams(first: 1) { totalCount } }',
    'query($n: Int!, $n: Int!) { popularStreams(first: $n) { totalCount } }',
    'query($n: Stream) { popularStreams(first: 1) { totalCount } }',
    `query($n: ${long}) { popularStreams(first: $n) { totalCount } }`,
    `query($${long}: Int) { popularStreams(first: $${long}) { totalCount } }`,
    '{ popularStreams(first: 1) { ...Missing } }',
    `{ popularStreams(first: 1) { ...${long} } }`,
    `{ popularStreams(first: 1) @${long} { totalCount } }`,
    'mutation { nothing }',
    'subscription { nothing }',
    `{ a: popularStreams(first: 1) { totalCount } a: popularStreams(first: 2) { totalCount } }`,
    'query A { __typename } query B { __typename }',
    'query A { __typename } query A { __typename }',
  ];
  test.each(invalid.map(titled))('does not fit the schema: %s', async (_, query) => {
    const answer = await send(query, { n: 1, [long]: 1 });
    expect(codeOf(answer)).toBe('GRAPHQL_VALIDATION_FAILED');
    const messages = answer.errors.map(({ message }) => message).join('\n');
    expect(messages).not.toMatch(/x{101}/);
    expect(messages).not.toMatch(/did you mean/i);
  });

  test('names a variable of 3,000 characters, whose value is bad, at 100 characters', async () => {
    const query = `query($${long}: Int!) { popularStreams(first: $${long}) { totalCount } }`;
    const answer = await send(query, { [long]: 'bad' });
    expect(codeOf(answer)).toBe('BAD_USER_INPUT');
    expect(answer.errors[0]?.message).not.toMatch(/x{101}/);
  });
});

describe('a request that is not GraphQL over HTTP', () => {
  const json = { 'content-type': 'application/json' };
  const bodies: readonly (readonly [string, string])[] = [
    ['no JSON', '{"query": '],
    ['empty', ''],
    ['without a document', '{}'],
    ['with a number for a document', '{"query": 5}'],
    ['with null for a document', '{"query": null}'],
    ['with an object for a document', '{"query": {}}'],
    ['with a text for variables', '{"query": "{ __typename }", "variables": "x"}'],
    ['with an object for a name', '{"query": "{ __typename }", "operationName": {}}'],
    ['a list', '[{"query": "{ __typename }"}]'],
    ['a number', '5'],
  ];
  test.each(bodies)('is refused: %s', async (_, body) => {
    const answer = await sendBody(under.server.url, body, json);
    expect(codeOf(answer)).toBe('BAD_USER_INPUT');
    expect(answer.data ?? null).toBeNull();
    expect(answer.text).not.toMatch(/something failed|FST_|MER_|stack/);
  });

  const mutation =
    'mutation{recordStreamingEvent(input:{mediaId:"x",eventType:SESSION_START}){eventId}}';
  const foreign: readonly (readonly [string, string])[] = [
    ['text/plain', JSON.stringify({ query: mutation })],
    ['application/x-www-form-urlencoded', new URLSearchParams({ query: mutation }).toString()],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/graphql', mutation],
    ['application/octet-stream', JSON.stringify({ query: mutation })],
  ];
  test.each(foreign)('is refused, as any page may send it unasked: %s', async (type, body) => {
    const answer = await sendBody(under.server.url, body, { 'content-type': type });
    expect(answer.status).toBe(415);
    expect(codeOf(answer)).toBe('UNSUPPORTED_MEDIA_TYPE');
    expect((await under.client.analytics('x')).totalViews).toBe(0);
  });

  test('is refused when it is larger than 1 MiB, and not before', async () => {
    const fill = (length: number): string =>
      `{"query": "{ __typename }", "variables": {}${' '.repeat(length)}}`;
    const inside = await sendBody(under.server.url, fill(2 ** 20 - 100), json);
    expect(inside.data).toEqual({ __typename: 'Query' });
    const answer = await sendBody(under.server.url, fill(2 ** 20), json);
    expect(answer.status).toBe(413);
    expect(codeOf(answer)).toBe('PAYLOAD_TOO_LARGE');
  });

  test('a GET may ask, but not change anything', async () => {
    expect((await getGraphql(under.server.url, '{ __typename }')).data).toEqual({
      __typename: 'Query',
    });
    const answer = await getGraphql(under.server.url, mutation);
    expect(answer.status).toBe(405);
    expect(codeOf(answer)).toBe('METHOD_NOT_ALLOWED');
    expect((await under.client.analytics('x')).totalViews).toBe(0);
  });
});

describe('what is always within the limits', () => {
  test('an introspection of everything', async () => {
    expect((await send(getIntrospectionQuery())).errors).toEqual([]);
  });

  test('15 aliases of 100 streams with all fields', async () => {
    const inputs = Array.from({ length: 150 }, (_, i) => ({
      mediaId: `stream ${String(i)}`,
      eventType: 'SESSION_START',
    }));
    await under.client.recordAll(inputs);
    const selection = /\{\s*(edges[\s\S]*totalCount)/.exec(DOCUMENTS.popularStreams)?.[1] ?? '';
    const aliases = Array.from(
      { length: 15 },
      (_, i) => `a${String(i)}: popularStreams(first: 100, period: MONTH) { ${selection} }`,
    );
    const answer = await send(`{ ${aliases.join('\n')} }`);
    expect(answer.errors).toEqual([]);
    expect(Object.keys(answer.data ?? {})).toHaveLength(15);
  });

  test('a batch of 1,000 events with every field', async () => {
    const at = new Date().toISOString();
    const inputs = Array.from({ length: 1_000 }, (_, i) => ({
      mediaId: 'batch',
      eventType: 'SESSION_END',
      eventId: `event ${String(i)} ${'e'.repeat(100)}`,
      sessionId: `session ${String(i)} ${'s'.repeat(100)}`,
      userId: `user ${String(i)} ${'u'.repeat(100)}`,
      endReason: 'ENDED' as const,
      quality: '1080p',
      duration: 12.345,
      bytesLoaded: 2 ** 40,
      occurredAt: at,
      sentAt: at,
    }));
    expect(await under.client.recordAll(inputs)).toMatchObject({ accepted: 1_000 });
  });
});
