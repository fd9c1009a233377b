import {
  buildSchema,
  getIntrospectionQuery,
  getNamedType,
  isInputObjectType,
  parse,
  type GraphQLInputObjectType,
} from 'graphql';
import { checkDocument, TOKENS_MAX } from '../../../src/api/graphql/document-limits.js';
import { read } from '../../docs/markdown.js';
import { DOCUMENTS } from '../../support/api-client.js';

const check = (document: string): void => {
  checkDocument(parse(document));
};
const times = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');
const nested = (levels: number): string => `${'{ a '.repeat(levels)}${'}'.repeat(levels)}`;

/** An input of the schema, written out with every field. */
function everyField(type: GraphQLInputObjectType): string {
  const fields = Object.values(type.getFields()).map(({ name, type: wrapped }) => {
    const named = getNamedType(wrapped);
    return `${name}: ${isInputObjectType(named) ? everyField(named) : '"x"'}`;
  });
  return `{ ${fields.join(' ')} }`;
}

describe('a document within the limits', () => {
  it.each([
    ['what the API is asked here', Object.values(DOCUMENTS).join('\n')],
    ['the introspection of everything', getIntrospectionQuery()],
    ['16 levels', nested(16)],
    ['50 aliases', `{ ${times(50, (i) => `a${String(i)}: __typename`)} }`],
    ['a field 51 times', `{ ${times(51, () => '__typename')} }`],
    ['3 directives on a field', '{ a @a @b @c }'],
    ['20 directives', `{ ${times(20, (i) => `a${String(i)} @include(if: true)`)} }`],
    ['5,000 variables', `query(${times(5_000, (i) => `$v${String(i)}: Int`)}) { a }`],
    ['100 arguments', `{ a(${times(100, (i) => `a${String(i)}: 1`)}) }`],
    ['1,000 selections', `{ ${times(1_000, (i) => `a${String(i)}`)} }`],
  ])('is let through: %s', (_, document) => {
    check(document);
  });

  it('is let through with a batch of 1,000 events written out with every field', () => {
    const type = buildSchema(read('schema.gql')).getType('StreamingEventInput');
    if (!isInputObjectType(type)) throw new Error('events are not inputs');
    const event = everyField(type);
    expect(event).toMatch(/mediaId.*context: \{.*custom/);
    const inputs = times(1_000, () => event);
    const document = `mutation { recordStreamingEvents(inputs: [${inputs}]) { accepted } }`;
    checkDocument(parse(document, { maxTokens: TOKENS_MAX }));
  });
});

describe('a document beyond the limits', () => {
  it.each([
    ['17 levels', nested(17)],
    ['17 levels of lists', `{ a(b: ${'['.repeat(17)}${']'.repeat(17)}) }`],
    ['17 levels of objects', `{ a(b: ${'{c: '.repeat(17)}1${'}'.repeat(17)}) }`],
    ['5,001 variables', `query(${times(5_001, () => '$v: Int')}) { a }`],
    [
      '5,010 variables of ten operations',
      times(10, (n) => `query q${String(n)}(${times(501, (i) => `$v${String(i)}: Int`)}) { a }`),
    ],
    ['101 members of an object', `{ a(b: {${times(101, () => 'c: 1')}}) }`],
    ['101 arguments of a field', `{ a(${times(101, (i) => `a${String(i)}: 1`)}) }`],
    ['101 arguments of a directive', `{ a @b(${times(101, (i) => `a${String(i)}: 1`)}) }`],
    ['51 aliases', `{ ${times(51, (i) => `a${String(i)}: __typename`)} }`],
    [
      '51 aliases in two places',
      `{ a { ${times(26, (i) => `a${String(i)}: b`)} }
      ${times(25, (i) => `a${String(i)}: b`)} }`,
    ],
    ['a field 52 times', `{ ${times(52, () => '__typename')} }`],
    ['4 directives on a field', '{ a @a @b @c @d }'],
    ['4 directives on an operation', 'query @a @b @c @d { a }'],
    ['21 directives', `{ ${times(21, (i) => `a${String(i)} @include(if: true)`)} }`],
    ['1,001 selections', `{ ${times(1_001, (i) => `a${String(i)}`)} }`],
    ['1,001 fragments', `{ ${times(1_001, (i) => `...F${String(i)}`)} }`],
  ])('is refused: %s', (_, document) => {
    expect(() => {
      check(document);
    }).toThrow(expect.objectContaining({ code: 'QUERY_TOO_COMPLEX' }) as Error);
  });
});
