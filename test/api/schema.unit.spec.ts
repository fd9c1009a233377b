import { readFileSync } from 'node:fs';
import { printApiSchema } from '../../src/api/graphql/schema.js';

test('schema.gql is what the resolvers serve; npm run schema writes it anew', async () => {
  expect(readFileSync('schema.gql', 'utf8')).toBe(await printApiSchema());
});
