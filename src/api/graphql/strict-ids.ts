import { GraphQLID, GraphQLScalarType, type GraphQLSchema } from 'graphql';
import { badInput } from '../../domain/errors.js';

/**
 * Makes a schema refuse numbers as ids in variables if JSON may have rounded them, since they would
 * name another thing. It changes the type ID of graphql-js, which all schemas of a process share.
 */
export function withStrictIds(schema: GraphQLSchema): GraphQLSchema {
  const id = schema.getType('ID');
  if (!(id instanceof GraphQLScalarType)) throw new Error('the schema has no ids');
  id.parseValue = (value) => {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw badInput('ID', 'must be a string, or a whole number of at most 2^53 - 1');
    }
    return parseId(value);
  };
  return schema;
}

const parseId = GraphQLID.parseValue.bind(GraphQLID);
