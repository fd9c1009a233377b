import { buildSchema, parse, validate } from 'graphql';
import { examplesIn } from './examples.js';
import { documents, read } from './markdown.js';

const schema = buildSchema(read('schema.gql'));

const queries = documents.flatMap((document) =>
  examplesIn(read(document)).flatMap(({ path, body }) => {
    if (path !== '/graphql') return [];
    const { query } = JSON.parse(body) as { readonly query: string };
    return [[document, query] as const];
  }),
);

test('the documents show how to ask and how to tell', () => {
  const operations = queries.map(([, query]) => query.trimStart().split(/[\s({]/)[0]);
  expect(operations).toContain('mutation');
  expect(operations).toContain('');
});

test.each(queries)('%s: a GraphQL example fits the schema: %s', (_, query) => {
  expect(validate(schema, parse(query))).toEqual([]);
});
