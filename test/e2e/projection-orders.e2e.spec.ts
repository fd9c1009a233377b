import { withServer } from '../support/e2e.js';
import { codeOf, sendGraphql } from '../support/graphql.js';

const under = withServer();

test('an order is for the name without the spaces around it, and tells the position', async () => {
  const { position } = await under.client.record({ mediaId: 'm', eventType: 'SESSION_START' });
  await under.client.analytics('m');
  const query = 'mutation { rebuildProjection(name: " popularity ") { name state } }';
  const answer = await sendGraphql(under.server.url, { query });
  expect(answer.errors).toEqual([]);
  expect(answer.data?.rebuildProjection).toMatchObject({ name: 'popularity' });
  expect(answer.position).toBe(position);
});

test('an order for what is not there leaves everything as it is', async () => {
  const query = 'mutation { rebuildProjection(name: "nothing") { name } }';
  const answer = await sendGraphql(under.server.url, { query });
  expect(codeOf(answer)).toBe('NOT_FOUND');
});
