import { OverlappingFieldsCanBeMergedRule, parse, validate } from 'graphql';
import { conflictIn } from '../../../src/api/graphql/field-merging.js';
import { apiSchema, askedOperation } from '../../support/asked-operation.js';
import { SeededRandom } from '../../support/random.js';

const SEED = 11;
const DOCUMENTS = 400;
const isConflict = (document: string): boolean =>
  conflictIn(askedOperation(document)) !== undefined;
/** What graphql-js says, which compares every field with every other. */
const isOverlap = (document: string): boolean =>
  validate(apiSchema, parse(document), [OverlappingFieldsCanBeMergedRule]).length > 0;

const page = (first: number, fields: string): string =>
  `popularStreams(first: ${String(first)}) { ${fields} }`;

describe('fields that share a name in the answer', () => {
  it.each([
    ['the same twice', `{ ${page(1, 'totalCount')} ${page(1, 'totalCount')} }`, false],
    ['other arguments', `{ ${page(1, 'totalCount')} ${page(2, 'totalCount')} }`, true],
    ['another field', '{ a: __typename a: projections { name } }', true],
    [
      'other arguments, an alias',
      `{ ${page(1, 'totalCount')} b: ${page(2, 'totalCount')} }`,
      false,
    ],
    [
      'arguments in another order',
      `{ a: popularStreams(first: 1, period: DAY) { totalCount }
        a: popularStreams(period: DAY, first: 1) { totalCount } }`,
      false,
    ],
    [
      'below fields that are one',
      `{ ${page(1, 'x: totalCount')} ${page(1, 'x: __typename')} }`,
      true,
    ],
    [
      'in fragments',
      `{ ...A ...B } fragment A on Query { ${page(1, 'totalCount')} }
        fragment B on Query { ${page(2, 'totalCount')} }`,
      true,
    ],
    [
      'in a fragment and below the same fragment elsewhere',
      `{ a: ${page(1, '...F')} b: ${page(1, '...F x: __typename')} }
        fragment F on StreamConnection { x: totalCount }`,
      true,
    ],
  ])('are found to conflict or not: %s', (_, document, expected) => {
    expect([isConflict(document), isOverlap(document)]).toEqual([expected, expected]);
  });

  it('are found to conflict wherever graphql-js finds it, and nowhere else', () => {
    const random = new SeededRandom(SEED);
    const below = (count: number): number => random.whole(0, count - 1);
    const oneOf = (texts: readonly string[]): string => texts[below(texts.length)] ?? '';
    const fields = (level: number): string => {
      const inner = level === 0 ? '__typename' : selection(level - 1);
      const arguments_ = oneOf(['', '(includeDeprecated: true)', '(includeDeprecated: false)']);
      return oneOf([
        'name',
        `${oneOf(['', 'a: ', 'b: '])}${oneOf(['name', 'kind', 'description'])}`,
        `${oneOf(['', 'a: ', 'c: '])}ofType { ${inner} }`,
        `${oneOf(['', 'd: '])}fields${arguments_} { type { ${inner} } }`,
        `...F${String(below(3))}`,
        `... on __Type { ${inner} }`,
      ]);
    };
    const selection = (level: number): string =>
      Array.from({ length: 1 + below(3) }, () => fields(level)).join(' ');
    let conflicts = 0;
    for (let i = 0; i < DOCUMENTS; i += 1) {
      const type = '__type(name: "Query")';
      // Fragments that lead to themselves are refused before.
      const noSpread = (text: string): string => text.replaceAll(/\.\.\.F\d/g, 'kind');
      const document = `{ ${type} { ${selection(2)} ...F0 ...F1 ...F2 } }
        fragment F0 on __Type { ${selection(1).replaceAll('...F0', 'name')} }
        fragment F1 on __Type { ${selection(1).replaceAll(/\.\.\.F[01]/g, 'name')} }
        fragment F2 on __Type { ${noSpread(selection(1))} }`;
      expect([document, isConflict(document)]).toEqual([document, isOverlap(document)]);
      conflicts += isConflict(document) ? 1 : 0;
    }
    expect(conflicts).toBeGreaterThan(DOCUMENTS / 10);
    expect(conflicts).toBeLessThan(DOCUMENTS);
  });
});
