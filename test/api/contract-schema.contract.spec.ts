import { readFileSync } from 'node:fs';
import {
  astFromValue,
  buildSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  print,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

const read = (path: string): GraphQLSchema =>
  buildSchema(readFileSync(new URL(path, import.meta.url), 'utf8'));

/** What the contract fixes, and what the server offers. */
const contract = read('./contract.graphql');
const offered = read('../../schema.gql');

const typesOf = (schema: GraphQLSchema): readonly GraphQLNamedType[] =>
  Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

/** An input's type and default, as a schema states them. */
function describeInput({ name, type, defaultValue }: GraphQLArgument | GraphQLInputField): string {
  const node = defaultValue === undefined ? undefined : astFromValue(defaultValue, type);
  return `${name}: ${type.toString()}${node ? ` = ${print(node)}` : ''}`;
}

/** Every fact about a type, a line each. */
function factsOf(type: GraphQLNamedType): readonly string[] {
  const kind = type.constructor.name;
  const facts = [`${kind} ${type.name}`];
  if (isEnumType(type)) facts.push(...type.getValues().map(({ name }) => `${type.name}.${name}`));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    facts.push(...fields.map((field) => `${type.name}.${describeInput(field)}`));
  }
  if (isObjectType(type)) {
    for (const { name, args, type: fieldType } of Object.values(type.getFields())) {
      facts.push(`${type.name}.${name}: ${fieldType.toString()}`);
      facts.push(...args.map((argument) => `${type.name}.${name}(${describeInput(argument)})`));
    }
  }
  return facts;
}

const offeredFacts = new Set(typesOf(offered).flatMap(factsOf));

const names = typesOf(contract).map(({ name }) => name);
test.each(names)('%s is offered exactly as the contract states it', (name) => {
  const type = contract.getType(name);
  if (type === undefined) throw new Error(`the contract has no ${name}`);
  expect(factsOf(type).filter((fact) => !offeredFacts.has(fact))).toEqual([]);
});

test('what is offered beyond the contract asks nothing of clients that do not know of it', () => {
  const fixed = new Set(typesOf(contract).flatMap(factsOf));
  const demands: string[] = [];
  for (const type of typesOf(offered).filter(({ name }) => names.includes(name))) {
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields()).filter(isRequiredInputField)) {
        demands.push(`${type.name}.${describeInput(field)}`);
      }
    }
    if (isObjectType(type)) {
      for (const { name, args } of Object.values(type.getFields())) {
        const required = args.filter(isRequiredArgument);
        const isKnown = [...fixed].some((fact) => fact.startsWith(`${type.name}.${name}: `));
        if (isKnown) {
          demands.push(...required.map((one) => `${type.name}.${name}(${describeInput(one)})`));
        }
      }
    }
  }
  expect(demands.filter((demand) => !fixed.has(demand))).toEqual([]);
});

test('whatever is offered says what it is for, or is plain', () => {
  const root = [offered.getQueryType(), offered.getMutationType(), offered.getSubscriptionType()];
  const undescribed = root.flatMap((type) =>
    Object.values(type?.getFields() ?? {}).filter(({ description }) => !description),
  );
  expect(undescribed.map(({ name }) => name)).toEqual([]);
});
