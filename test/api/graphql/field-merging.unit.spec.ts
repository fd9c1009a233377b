import { OverlappingFieldsCanBeMergedRule, parse, validate } from 'graphql';
import { conflictIn } from '../../../src/api/graphql/field-merging.js';
import { apiSchema, askedOperation } from '../../support/asked-operation.js';
import { times } from '../../support/graphql-documents.js';
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

/**
 * Fragments in levels. The one that goes on is joined by another at each field, which stays to the
 * end: 3^levels lists of fields that differ, of about 6 levels^2 selections.
 */
function fragmentsOfEachWay(levels: number): string {
  const at = (level: number, fragments: readonly string[]): string =>
    fragments.map((name) => `...${name}_${String(level)}`).join(' ');
  const fragments = (level: number): readonly string[] => {
    const define = (name: string, [a, b, c]: readonly (readonly string[])[]): string =>
      `fragment ${name}_${String(level)} on __Type {
        ofType { ${at(level + 1, a ?? [])} } interfaces { ${at(level + 1, b ?? [])} }
        possibleTypes { ${at(level + 1, c ?? [])} } }`;
    const [x, y] = [`X${String(level)}`, `Y${String(level)}`];
    const joined = Array.from({ length: level }, (_, i) => [`X${String(i)}`, `Y${String(i)}`]);
    const staying = joined.flat().map((name) => define(name, [[name], [name], [name]]));
    return [define('A', [['A'], ['A', x], ['A', y]]), ...staying];
  };
  const last = Array.from({ length: levels }, (_, i) => [`X${String(i)}`, `Y${String(i)}`]).flat();
  const ends = ['A', ...last].map(
    (name) => `fragment ${name}_${String(levels)} on __Type { name }`,
  );
  return `{ __type(name: "Query") { ...A_0 } } ${[
    ...Array.from({ length: levels }, (_, level) => fragments(level)).flat(),
    ...ends,
  ].join(' ')}`;
}

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

  it('are compared where a large fragment is spread at each of 50 aliases', () => {
    const names = times(900, (i) => `f${String(i)}: __typename`);
    const spread = times(50, (i) => `a${String(i)}: ${page(1, '...F')}`);
    expect(isConflict(`{ ${spread} } fragment F on StreamConnection { ${names} }`)).toBe(false);
  });

  it('are too many where each way through the fragments leads to fields of its own', () => {
    expect(() => isConflict(fragmentsOfEachWay(12))).toThrow('more than 100000 fields to merge');
    expect(isConflict(fragmentsOfEachWay(6))).toBe(false);
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
