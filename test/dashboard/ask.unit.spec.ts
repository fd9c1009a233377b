import { ask, askParts, AskError } from '../../dashboard/api/ask.js';
import { documentOf } from '../../dashboard/api/document.js';
import { standalone } from '../../dashboard/api/standalone.js';

const QUESTION = {
  parts: {
    server: 'server { version }',
    rows: 'breakdown(by: MEDIA, first: $first) { totalCount }',
  },
  variables: { first: 3, more: 'not asked for' },
};

interface Sent {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers like a server, and notes what it was sent. */
function serverOf(answer: (sent: Sent) => { status?: number; body: unknown; retryAfter?: string }) {
  const sent: Sent[] = [];
  const send = (_: unknown, init?: RequestInit): Promise<Response> => {
    const { query, variables } = JSON.parse(init?.body as string) as Sent;
    const one = { query, variables, headers: init?.headers as Record<string, string> };
    sent.push(one);
    const { status = 200, body, retryAfter } = answer(one);
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
  };
  return { sent, send: send as typeof fetch };
}

const failing = async (asked: Promise<unknown>): Promise<AskError> => {
  const fault: unknown = await asked.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(fault instanceof AskError)) throw new Error('it was answered');
  return fault;
};

describe('ask', () => {
  it('sends one document with the variables that it names, and the key as a header', async () => {
    const { sent, send } = serverOf(() => ({ body: { data: { server: { version: '1' } } } }));
    const headers = { authorization: 'Bearer k' };
    const data = await ask(QUESTION, { headers, readAfter: 'p-1', fetch: send });
    expect(data).toEqual({ server: { version: '1' } });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.variables).toEqual({ first: 3 });
    expect(sent[0]?.headers).toMatchObject({ authorization: 'Bearer k', 'read-after': 'p-1' });
    expect(sent[0]?.query).toContain('rows: breakdown(by: MEDIA, first: $first)');
  });

  it('says what the server says, and when to come again', async () => {
    const body = { errors: [{ message: 'busy', extensions: { code: 'OVERLOADED' } }] };
    const { send } = serverOf(() => ({ status: 503, body, retryAfter: '7' }));
    const fault = await failing(ask(QUESTION, { headers: {}, fetch: send }));
    expect(fault).toMatchObject({ code: 'OVERLOADED', message: 'busy', retryAfterSeconds: 7 });
  });

  it('understands answers that are no GraphQL', async () => {
    const { send } = serverOf(() => ({ status: 403, body: { code: 'FORBIDDEN', message: 'no' } }));
    const fault = await failing(ask(QUESTION, { headers: {}, fetch: send }));
    expect(fault).toMatchObject({ code: 'FORBIDDEN', message: 'no' });
  });

  it('takes a server that is out of reach for offline', async () => {
    const send = () => Promise.reject(new TypeError('Failed to fetch'));
    expect((await failing(ask(QUESTION, { headers: {}, fetch: send }))).code).toBe('OFFLINE');
  });
});

describe('askParts', () => {
  it('asks again for the others where one part fails', async () => {
    const { sent, send } = serverOf(({ query }) =>
      query.includes('breakdown')
        ? {
            body: {
              data: null,
              errors: [{ message: 'too much', path: ['rows'], extensions: { code: 'TIMEOUT' } }],
            },
          }
        : { body: { data: { server: { version: '1' } } } },
    );
    const { data, errors } = await askParts(QUESTION, { headers: {}, fetch: send });
    expect(data).toEqual({ server: { version: '1' } });
    expect(Object.keys(errors)).toEqual(['rows']);
    expect(errors.rows?.code).toBe('TIMEOUT');
    expect(sent).toHaveLength(2);
  });

  it.each(['RATE_LIMITED', 'OVERLOADED', 'READ_MODEL_BEHIND'])(
    'asks no more at once where it is told %s of one part',
    async (code) => {
      const errors = [{ message: 'wait', path: ['rows'], extensions: { code } }];
      const { sent, send } = serverOf(() => ({ body: { data: null, errors } }));
      const answer = await askParts(QUESTION, { headers: {}, fetch: send });
      expect(Object.values(answer.errors).map((error) => error.code)).toEqual([code, code]);
      expect(sent).toHaveLength(1);
    },
  );

  it.each(['UNAUTHENTICATED', 'FORBIDDEN'])(
    'asks no more with a key that is refused for one part: %s',
    async (code) => {
      const errors = [{ message: 'key', path: ['rows'], extensions: { code } }];
      const { sent, send } = serverOf(() => ({ body: { data: null, errors } }));
      const answer = await askParts(QUESTION, { headers: {}, fetch: send });
      expect(Object.values(answer.errors).map((error) => error.code)).toEqual([code, code]);
      expect(sent).toHaveLength(1);
    },
  );

  it('asks no more where the whole request was refused', async () => {
    const body = { errors: [{ message: 'key', extensions: { code: 'UNAUTHENTICATED' } }] };
    const { sent, send } = serverOf(() => ({ status: 401, body }));
    const { errors } = await askParts(QUESTION, { headers: {}, fetch: send });
    expect(Object.values(errors).map(({ code }) => code)).toEqual([
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
    ]);
    expect(sent).toHaveLength(1);
  });
});

describe('a question', () => {
  it('declares each variable once', () => {
    const text = documentOf({ a: 'x(filter: $filter) { y }', b: 'z(filter: $filter) { y }' });
    expect(text).toMatch(/^query\(\$filter: \[FilterInput!\]\) \{/);
  });

  it('can be written with its values in place', () => {
    const range = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', timeZone: 'UTC' };
    const filter = [{ dimension: 'COUNTRY', anyOf: ['D"E{'], exclude: false }];
    const parts = { f: 'figures(range: $range, filter: $filter, compare: $compare) { sampled }' };
    const text = standalone({ parts, variables: { range, filter, compare: 'PREVIOUS' } });
    const given = [
      'range: { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z", timeZone: "UTC" }',
      String.raw`filter: [{ dimension: COUNTRY, anyOf: ["D\"E{"], exclude: false }]`,
      'compare: PREVIOUS',
    ].join(', ');
    expect(text).toBe(`{\n  figures(${given}) {\n    sampled\n  }\n}\n`);
  });
});
