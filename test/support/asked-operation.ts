import { readFileSync } from 'node:fs';
import { buildSchema, parse } from 'graphql';
import {
  askedOperation as askedOf,
  type AskedOperation,
} from '../../src/api/graphql/asked-operation.js';

/** The API's schema, without its resolvers. */
export const apiSchema = buildSchema(readFileSync('schema.gql', 'utf8'));

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
