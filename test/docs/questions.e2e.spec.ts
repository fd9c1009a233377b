import { withServer } from '../support/e2e.js';
import { nextResult, subscribe } from '../support/event-source.js';
import { sendGraphql } from '../support/graphql.js';
import { examplesIn } from './examples.js';
import { read } from './markdown.js';

const under = withServer();
const queries = examplesIn(read('docs/questions.md')).map(
  ({ body }) => (JSON.parse(body) as { readonly query: string }).query,
);
const isSubscription = (query: string): boolean => query.startsWith('subscription');

test.each(queries.filter((query) => !isSubscription(query)))('is answered: %s', async (query) => {
  expect(await sendGraphql(under.server.url, { query })).toMatchObject({ status: 200, errors: [] });
});

test.each(queries.filter(isSubscription))('tells results: %s', async (query) => {
  const source = await subscribe(under.server.url, { query });
  expect(await nextResult(source)).toMatchObject({ data: { live: { viewers: 0 } } });
  source.close();
});
