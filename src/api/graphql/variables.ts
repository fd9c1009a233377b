import {
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  typeFromAST,
  type GraphQLEnumType,
  type GraphQLError,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLScalarType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { badInput, PlayheadError } from '../../domain/errors.js';
import { QUOTE_LENGTH_MAX, quote } from '../../domain/text.js';
import { codedError } from './graphql-errors.js';
import { ownValue } from './asked-operation.js';

/** Returns the faults of an operation's variables, each as an error of BAD_USER_INPUT. */
export function variableFaults(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): readonly GraphQLError[] {
  const errors: GraphQLError[] = [];
  for (const definition of variableDefinitions) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) continue;
    const value = ownValue(variables, name);
    const isLeftOut = value === undefined && definition.defaultValue !== undefined;
    const faults = isLeftOut ? NONE : value === undefined ? missing(type) : checkOf(type)(value);
    for (const { path, rule } of faults) {
      const error = badInput(placeOf(name, path), rule);
      if (errors.length < FAULTS_MAX) errors.push(codedError(error, definition));
    }
    if (errors.length === FAULTS_MAX) return [...errors, codedError(MORE)];
  }
  return errors;
}

/** A rule that a value breaks, and where. */
interface Fault {
  /** The steps from the value up to its variable. */
  readonly path: (string | number)[];
  readonly rule: string;
}

type Faults = readonly Fault[];
/** Finds the faults of a value; in a value of the wrong shape, that fault alone. */
type Check = (value: unknown) => Faults;

const NONE: Faults = [];
const fault = (rule: string): Faults => [{ path: [], rule }];
const REQUIRED = fault('is required');
const NULL = fault('must not be null');

/** The most faults that an answer names. */
const FAULTS_MAX = 50;

const MORE = new PlayheadError('BAD_USER_INPUT', 'more variables are wrong than are named');

const missing = (type: GraphQLInputType): Faults => (isNonNullType(type) ? REQUIRED : NONE);

const checks = new WeakMap<GraphQLInputType, Check>();

function checkOf(type: GraphQLInputType): Check {
  const known = checks.get(type);
  if (known !== undefined) return known;
  const check = createCheck(type);
  checks.set(type, check);
  return check;
}

function createCheck(type: GraphQLInputType): Check {
  if (isNonNullType(type)) {
    const check = checkOf(type.ofType);
    return (value) => (value === null ? NULL : check(value));
  }
  if (isListType(type)) return orNull(listOf(checkOf(type.ofType)));
  if (isInputObjectType(type)) return inputOf(type);
  return orNull(single(isEnumType(type) ? nameOf(type) : leafOf(type)));
}

const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? NONE : check(value);

/** Checks a list; GraphQL lets a single value stand for a list of one. */
const listOf =
  (item: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return item(value);
    let faults = NONE;
    for (let index = 0; index < value.length && faults.length < FAULTS_MAX; index += 1) {
      faults = joined(faults, within(item(value[index]), index));
    }
    return faults;
  };

function inputOf(type: GraphQLInputObjectType): Check {
  const members = new Map<string, Check>();
  const required: string[] = [];
  const check: Check = (value) => {
    if (value === null) return NONE;
    if (typeof value !== 'object') return fault(`must be an object, a ${type.name}`);
    if (Array.isArray(value)) return fault('must not be a list');
    const given = value as Readonly<Record<string, unknown>>;
    let faults = NONE;
    for (const name in given) {
      const member = members.get(name);
      if (member === undefined) return fault(`has no member ${quote(name)} in a ${type.name}`);
      if (given[name] !== undefined) faults = joined(faults, within(member(given[name]), name));
    }
    for (const name of required) {
      if (given[name] === undefined) faults = joined(faults, within(REQUIRED, name));
    }
    return faults;
  };
  // Kept before its fields are checked, as an input may hold itself.
  checks.set(type, check);
  for (const field of Object.values(type.getFields())) {
    members.set(field.name, checkOf(field.type));
    if (isRequiredInputField(field)) required.push(field.name);
  }
  return check;
}

/** The most characters of a text in a variable: no text of the API may have more. */
const TEXT_LENGTH_MAX = 10_000;

/** Refuses lists, objects and texts that are too long. */
const single =
  (check: Check): Check =>
  (value) => {
    if (typeof value === 'object') return fault('must be a single value, not a list or an object');
    if (typeof value === 'string' && value.length > TEXT_LENGTH_MAX) {
      const max = String(TEXT_LENGTH_MAX);
      return fault(`must have at most ${max} characters, got ${quote(value)}`);
    }
    return check(value);
  };

function nameOf(type: GraphQLEnumType): Check {
  const names = type.getValues().map(({ name }) => name);
  const faults = fault(`must be one of ${names.join(', ')}`);
  return (value) => (names.some((name) => name === value) ? NONE : faults);
}

/** The rules of the specification's scalars; ours state their own rules. */
const RULES: Readonly<Record<string, string>> = {
  Int: 'must be a whole number from -2^31 to 2^31 - 1',
  Float: 'must be a number',
  Boolean: 'must be true or false',
  String: 'must be a string',
};

function leafOf(type: GraphQLScalarType): Check {
  const known = RULES[type.name];
  return (value) => {
    try {
      type.parseValue(value);
      return NONE;
    } catch (error) {
      const ours = error instanceof PlayheadError ? error.message : undefined;
      return fault(ours ?? known ?? `must be a ${type.name}`);
    }
  };
}

const joined = (faults: Faults, more: Faults): Faults =>
  more.length === 0 ? faults : [...faults, ...more];

const within = (faults: Faults, step: string | number): Faults =>
  faults.map(({ path, rule }) => ({ path: [...path, step], rule }));

function placeOf(name: string, path: readonly (string | number)[]): string {
  const steps = [...path].reverse();
  const written = steps.map((one) => (typeof one === 'number' ? `[${String(one)}]` : `.${one}`));
  return `${name.slice(0, QUOTE_LENGTH_MAX)}${written.join('')}`;
}
