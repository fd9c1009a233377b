import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
} from 'graphql';

/** What the answers of these operations are made of, and what they take. */
const ROOTS = ['Query', 'Subscription'];
/** What orders to read models answer with. */
const OF_ORDERS = ['VerificationReport'];
const NUMBERS = ['Int', 'Float', 'SafeInt', 'Duration'];
const WIDTH = 100;

const HEAD = `/**
 * The types of schema.gql that the dashboard may meet. \`npm run dashboard-types\` writes this file
 * anew; a test compares the two.
 */
`;

/** Returns TypeScript for the types of a schema, as Prettier wants it. */
export function dashboardTypes(schemaText: string): string {
  const schema = buildSchema(schemaText);
  const reached = reachedFrom(schema);
  const texts = Object.values(schema.getTypeMap())
    .filter((type) => reached.has(type))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map((type) => (isEnumType(type) ? unionOf(type) : interfaceOf(type as Fielded)));
  return `${HEAD}\n${texts.join('\n')}`;
}

type Fielded = GraphQLObjectType | GraphQLInputObjectType;

const fieldsOf = (type: Fielded): readonly (GraphQLField<unknown, unknown> | GraphQLInputField)[] =>
  Object.values<GraphQLField<unknown, unknown> | GraphQLInputField>(type.getFields());

function reachedFrom(schema: GraphQLSchema): ReadonlySet<GraphQLNamedType> {
  const reached = new Set<GraphQLNamedType>();
  const visit = (given: GraphQLType): void => {
    const type = getNamedType(given);
    if (reached.has(type)) return;
    if (isEnumType(type)) reached.add(type);
    if (!isObjectType(type) && !isInputObjectType(type)) return;
    if (!ROOTS.includes(type.name)) reached.add(type);
    for (const field of fieldsOf(type)) {
      visit(field.type);
      if (!('args' in field)) continue;
      for (const argument of field.args) visit(argument.type);
    }
  };
  for (const type of [...ROOTS, ...OF_ORDERS].map((name) => schema.getType(name))) {
    if (type !== undefined) visit(type);
  }
  return reached;
}

function unionOf(type: GraphQLEnumType): string {
  const values = type.getValues().map(({ name }) => `'${name}'`);
  const head = `export type ${type.name} =`;
  const line = `${values.join(' | ')};`;
  if (`${head} ${line}`.length <= WIDTH) return `${head} ${line}\n`;
  if (`  ${line}`.length <= WIDTH) return `${head}\n  ${line}\n`;
  return `${head}\n${values.map((value) => `  | ${value}`).join('\n')};\n`;
}

function interfaceOf(type: Fielded): string {
  const isInput = isInputObjectType(type);
  const lines = fieldsOf(type).map((field) => {
    const isOptional = isInput && !isNonNullType(field.type);
    return `  readonly ${field.name}${isOptional ? '?' : ''}: ${typeOf(field.type)};\n`;
  });
  return `export interface ${type.name} {\n${lines.join('')}}\n`;
}

function typeOf(type: GraphQLType): string {
  if (!isNonNullType(type)) return `${bareTypeOf(type)} | null`;
  return bareTypeOf(type.ofType);
}

function bareTypeOf(type: GraphQLType): string {
  if (isListType(type)) {
    const item = typeOf(type.ofType);
    return `readonly ${item.includes('|') ? `(${item})` : item}[]`;
  }
  const { name } = getNamedType(type);
  if (NUMBERS.includes(name)) return 'number';
  if (name === 'Boolean') return 'boolean';
  const named = getNamedType(type);
  return isEnumType(named) || isObjectType(named) || isInputObjectType(named) ? name : 'string';
}
