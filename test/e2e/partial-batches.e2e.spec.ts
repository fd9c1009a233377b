import { withServer } from '../support/e2e.js';
import { send, type Answer } from '../support/http.js';
import { sendGraphql } from '../support/graphql.js';

const under = withServer();
const NDJSON = { 'content-type': 'application/x-ndjson' };

const start = (mediaId: string, eventId: string): object => ({
  mediaId,
  eventType: 'SESSION_START',
  sessionId: `s-${eventId}`,
  eventId,
});
const BAD = { mediaId: 'm', eventType: 'NOTHING', duration: -1 };
const refusedFor = (index: number, field: string): object => ({
  index,
  code: 'BAD_USER_INPUT',
  message: expect.stringContaining(field) as string,
});

const post = (query: string, body: readonly object[] | string, headers = {}): Promise<Answer> =>
  send(`${under.server.url}/events${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

async function viewsOf(mediaId: string, { headers }: Answer): Promise<unknown> {
  const query = `{ streamingAnalytics(mediaId: "${mediaId}") { totalViews } }`;
  const readAfter = { 'read-after': headers.get('position') ?? '' };
  const { data } = await sendGraphql(under.server.url, { query }, readAfter);
  return (data?.streamingAnalytics as { totalViews: number }).totalViews;
}

test('with ?partial=1 what is good is stored, and what is bad is listed by its index', async () => {
  const batch = [
    BAD,
    start('mixed', '1'),
    { ...start('mixed', '2'), extra: 1 },
    start('mixed', '3'),
  ];
  const answer = await post('?partial=1', batch);
  expect([answer.status, answer.json]).toEqual([
    202,
    {
      accepted: 2,
      duplicates: 0,
      conflicting: 0,
      position: answer.headers.get('position'),
      errors: [refusedFor(0, 'eventType'), refusedFor(0, 'duration'), refusedFor(2, 'extra')],
    },
  ]);
  expect(await viewsOf('mixed', answer)).toBe(2);
  const again = await post('?partial=1', batch);
  expect([again.status, again.json]).toMatchObject([202, { accepted: 0, duplicates: 2 }]);
  expect(await viewsOf('mixed', again)).toBe(2);
});

test('a line that is not JSON is bad alone', async () => {
  const lines = [start('lines', '1'), start('lines', '2')].map((one) => JSON.stringify(one));
  const answer = await post('?partial=1', lines.join('\n{"mediaId":\n'), NDJSON);
  expect([answer.status, answer.json]).toMatchObject([
    202,
    { accepted: 2, errors: [{ index: 1 }] },
  ]);
  expect(await viewsOf('lines', answer)).toBe(2);
});

test('without a bad one nothing is listed', async () => {
  const answer = await post('?partial=1', [start('good', '1')]);
  expect([answer.status, answer.json]).toMatchObject([202, { accepted: 1, errors: [] }]);
});

test('without a good one nothing is stored, and all are dealt with', async () => {
  const answer = await post('?partial=1', [BAD, BAD]);
  expect([answer.status, answer.json]).toMatchObject([202, { accepted: 0, duplicates: 0 }]);
  expect((answer.json.errors as { index: number }[]).map(({ index }) => index)).toEqual([
    0, 0, 1, 1,
  ]);
  expect(await viewsOf('m', answer)).toBe(0);
});

test('the first 100 faults are listed, and the counts tell of the rest', async () => {
  const batch = [
    ...Array.from({ length: 150 }, () => ({ ...BAD, duration: 1 })),
    start('many', '1'),
  ];
  const { json } = await post('?partial=1', batch);
  expect(json.errors).toHaveLength(100);
  expect(json).toMatchObject({ accepted: 1, duplicates: 0 });
});

test('a batch that is none is refused as ever', async () => {
  expect((await post('?partial=1', [])).status).toBe(400);
  expect((await post('?partial=1', '[{"mediaId"')).status).toBe(400);
});

test.each(['?partial=0', '?partial=', '?partial=true', '?partial=1&partial=1'])(
  '%s says nothing that is known, and stores nothing',
  async (query) => {
    const answer = await post(query, [BAD, start('unsaid', '1')]);
    expect([answer.status, answer.json]).toMatchObject([
      400,
      { code: 'BAD_USER_INPUT', message: 'partial: must be `1`' },
    ]);
  },
);

test('without it nothing of such a batch is stored', async () => {
  const answer = await post('', [BAD, start('whole', '1')]);
  expect(answer.status).toBe(400);
  const later = await post('', [start('whole', '2')]);
  expect(await viewsOf('whole', later)).toBe(1);
});
