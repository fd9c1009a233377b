import { writeFileSync } from 'node:fs';
import { printApiSchema } from '../src/api/graphql/schema.js';

/** Writes schema.gql anew from the resolvers. */
writeFileSync('schema.gql', await printApiSchema());
