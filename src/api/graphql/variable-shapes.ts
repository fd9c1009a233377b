import {
  GraphQLError,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { badInput } from '../../domain/errors.js';
import { quote } from '../../domain/text.js';
import { ownValue } from './asked-operation.js';

/** Characters of one text in a variable: no text of the API may have more. */
const TEXT_LENGTH_MAX = 10_000;
/** Characters of a variable's name in a message. */
const NAME_LENGTH_MAX = 100;

/** Where a value breaks a rule. */
interface Fault {
  /** From the value to its variable. */
  readonly path: (string | number)[];
  readonly rule: string;
}

/** Finds the first fault of a value's shape. */
type Shape = (value: unknown) => Fault | undefined;

/**
 * The first variable whose shape is not that of its type, as an error of BAD_USER_INPUT: it has
 * members that the input does not have, a list or an object in place of a single value, or a text
 * without end. Of a wrong value graphql-js prints the whole, for each of its faults anew; what has
 * this shape is small enough for that.
 */
export function shapeFaultIn(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | undefined {
  for (const definition of variableDefinitions) {
    const name = definition.variable.name.value;
    const value = ownValue(variables, name);
    if (value === undefined || value === null) continue;
    const type = typeFromAST(schema, definition.type);
    const fault = isInputType(type) ? shapeOf(type)(value) : undefined;
    if (fault === undefined) continue;
    const originalError = badInput(placeOf(name, fault.path), fault.rule);
    return new GraphQLError(originalError.message, { nodes: definition, originalError });
  }
  return undefined;
}

const shapes = new WeakMap<GraphQLInputType, Shape>();

function shapeOf(type: GraphQLInputType): Shape {
  const known = shapes.get(type);
  if (known !== undefined) return known;
  const shape = createShape(type);
  shapes.set(type, shape);
  return shape;
}

function createShape(type: GraphQLInputType): Shape {
  if (isNonNullType(type)) return shapeOf(type.ofType);
  if (isListType(type)) return listOf(shapeOf(type.ofType));
  if (!isInputObjectType(type)) return single;
  const members = new Map<string, Shape>();
  const check = objectOf(type.name, members);
  // An input may hold itself.
  shapes.set(type, check);
  for (const { name, type: inner } of Object.values(type.getFields())) {
    members.set(name, shapeOf(inner));
  }
  return check;
}

/** One value may stand for a list of one. */
const listOf =
  (item: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return item(value);
    for (let index = 0; index < value.length; index += 1) {
      const fault = item(value[index]);
      if (fault !== undefined) return within(fault, index);
    }
    return undefined;
  };

const objectOf =
  (typeName: string, members: ReadonlyMap<string, Shape>): Shape =>
  (value) => {
    // That it is no object at all, graphql-js says.
    if (typeof value !== 'object' || value === null) return single(value);
    if (Array.isArray(value)) return { path: [], rule: 'must not be a list' };
    for (const name in value) {
      const member = members.get(name);
      if (member === undefined) {
        return { path: [], rule: `Field ${quote(name)} is not defined by type "${typeName}".` };
      }
      const fault = member((value as Record<string, unknown>)[name]);
      if (fault !== undefined) return within(fault, name);
    }
    return undefined;
  };

const single: Shape = (value) => {
  if (typeof value === 'string' && value.length > TEXT_LENGTH_MAX) {
    const rule = `must have at most ${String(TEXT_LENGTH_MAX)} characters, got ${quote(value)}`;
    return { path: [], rule };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return { path: [], rule: 'must be a single value, not a list or an object' };
};

function within(fault: Fault, step: string | number): Fault {
  fault.path.push(step);
  return fault;
}

function placeOf(name: string, path: readonly (string | number)[]): string {
  const steps = [...path].reverse();
  const written = steps.map((one) => (typeof one === 'number' ? `[${String(one)}]` : `.${one}`));
  return `${name.slice(0, NAME_LENGTH_MAX)}${written.join('')}`;
}
