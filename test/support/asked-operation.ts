import { readFileSync } from 'node:fs';
import { buildSchema, GraphQLScalarType, parse } from 'graphql';
import {
  askedOperation as askedOf,
  type AskedOperation,
} from '../../src/api/graphql/asked-operation.js';
import * as scalars from '../../src/api/graphql/scalars.js';
import { withStrictIds } from '../../src/api/graphql/strict-ids.js';

/** The API's schema, without its resolvers. */
export const apiSchema = withStrictIds(buildSchema(readFileSync('schema.gql', 'utf8')));
for (const scalar of Object.values(scalars)) {
  const type = apiSchema.getType(scalar.name);
  if (!(type instanceof GraphQLScalarType)) throw new Error(`no scalar ${scalar.name}`);
  type.parseValue = scalar.parseValue;
}

/** An operation of a document, as the guards before its execution are asked about it. */
export function askedOperation(
  text: string,
  variables: Readonly<Record<string, unknown>> = {},
  operationName?: string,
): AskedOperation {
  const name = operationName === undefined ? {} : { operationName };
  const asked = askedOf(parse(text), { variables, ...name });
  if (asked === undefined) throw new Error(`no operation in ${text}`);
  return asked;
}
