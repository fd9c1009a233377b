import {
  getNamedType,
  getNullableType,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isScalarType,
  Kind,
  parse,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { badInput } from '../../domain/errors.js';
import { quote } from '../../domain/text.js';
import { variableFaults } from '../graphql/variables.js';

/** Declares the arguments of an export, as those of the query that it is made of. */
export function argumentsNamed(declarations: string): OperationDefinitionNode {
  const [operation] = parse(`query(${declarations}) { __typename }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('these are no arguments');
  return operation;
}

/**
 * Reads the arguments in an address. Texts, times and names stand there as they are, everything
 * else as JSON. A list may also be a repeated argument. Throws BAD_USER_INPUT for unknown arguments
 * and for values that the query would not take.
 */
export function argumentsIn<Arguments>(
  address: unknown,
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
): Arguments {
  const { variableDefinitions = [] } = operation;
  const types = new Map(
    variableDefinitions.flatMap(({ variable, type }) => {
      const found = typeFromAST(schema, type);
      return isInputType(found) ? [[variable.name.value, found] as const] : [];
    }),
  );
  const given = withRange(address as Record<string, string | string[]>);
  const values = Object.entries(given).map(([name, texts]) => {
    const type = types.get(name);
    if (type === undefined)
      throw badInput(name, `is no argument; ${[...types.keys()].join(', ')} are`);
    return [name, valueOf(name, texts, type)] as const;
  });
  const variables = Object.fromEntries(values);
  const [fault] = variableFaults(schema, operation, variables);
  if (fault?.originalError !== undefined) throw fault.originalError;
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, variables);
  if (errors !== undefined)
    throw badInput('arguments', errors.map((one) => one.message).join('; '));
  return coerced as Arguments;
}

type Given = Readonly<Record<string, string | string[]>>;

/** The members of `range` that an address may have as arguments of its own. */
const OF_RANGE = ['from', 'to', 'timeZone'];

/** Puts the members of a range together. */
function withRange(address: Given): Readonly<Record<string, Given[string] | object>> {
  const isOfRange = ([name]: readonly [string, unknown]): boolean => OF_RANGE.includes(name);
  const entries = Object.entries(address);
  const members = entries.filter(isOfRange);
  if (members.length === 0) return address;
  if (address.range !== undefined) throw badInput('range', 'is given twice, also by its members');
  const others = entries.filter((entry) => !isOfRange(entry));
  return { ...Object.fromEntries(others), range: Object.fromEntries(members) };
}

function valueOf(name: string, given: Given[string] | object, type: GraphQLInputType): unknown {
  if (Array.isArray(given)) {
    if (!isListType(getNullableType(type))) throw badInput(name, 'is given twice');
    return given.map((text: string) => itemOf(name, text, type));
  }
  if (typeof given !== 'string') return given;
  if (isListType(getNullableType(type)) && !given.trimStart().startsWith('[')) {
    return isJson(type) ? [itemOf(name, given, type)] : given.split(',');
  }
  return isListType(getNullableType(type)) ? jsonOf(name, given) : itemOf(name, given, type);
}

const itemOf = (name: string, text: string, type: GraphQLInputType): unknown =>
  isJson(type) ? jsonOf(name, text) : text;

/** The scalars whose values are not texts. */
const NO_TEXTS = ['Int', 'Float', 'Boolean'];

function isJson(type: GraphQLInputType): boolean {
  const named = getNamedType(type);
  return isInputObjectType(named) || (isScalarType(named) && NO_TEXTS.includes(named.name));
}

function jsonOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badInput(name, `must be JSON, which ${quote(text)} is not`);
  }
}
