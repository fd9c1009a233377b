import { parse } from 'graphql';
import { costOf } from '../../../src/api/graphql/query-cost.js';
import { DOCUMENTS } from '../../support/api-client.js';

const COST_MAX = 50_000;

const cost = (document: string, variables: object = {}, name?: string, max = COST_MAX): number =>
  costOf(parse(document), { ...variables }, name, max);
const tooComplex = expect.objectContaining({ code: 'QUERY_TOO_COMPLEX' }) as Error;
const page = (first: string): string => `popularStreams(first: ${first}) { edges { cursor } }`;

describe('the cost of an operation', () => {
  it.each([
    ['a field', '{ __typename }', {}, 1],
    ['fields in each other', '{ a { b { c } d } }', {}, 4],
    ['a page as long as it is asked for', `{ ${page('7')} }`, {}, 2 + 7],
    ['a page whose length is a variable', `query($n: Int!) { ${page('$n')} }`, { n: 9 }, 2 + 9],
    ['a page whose length is a default', `query($n: Int = 3) { ${page('$n')} }`, {}, 2 + 3],
    ['a page of no length there is', `query($n: Int!) { ${page('$n')} }`, { n: 1e9 }, 2 + 100],
    ['a page of no number', `query($n: Int!) { ${page('$n')} }`, { n: 'x' }, 2 + 100],
    ['fields beside the page, once', '{ popularStreams(first: 100) { totalCount } }', {}, 2],
    ['each alias', `{ a: ${page('5')} b: ${page('5')} }`, {}, 14],
    ['a list without a length', '{ bandwidthUsage(period: MONTH) { byHour { hour } } }', {}, 723],
    ['fragments', `{ ...F ... on Query { b } } fragment F on Query { a { c } }`, {}, 3],
  ])('counts %s', (_, document, variables, expected) => {
    expect(cost(document, variables)).toBe(expected);
  });

  it('is that of the operation that is run', () => {
    const document = 'query A { a } query B { a b c }';
    expect(cost(document, {}, 'A')).toBe(1);
    expect(cost(document, {}, 'B')).toBe(3);
    expect(cost(document, {}, 'C')).toBe(0);
  });

  it('is within the default for 15 pages of 100 streams with all fields', () => {
    const selection = /\{\s*(edges[\s\S]*totalCount)/.exec(DOCUMENTS.popularStreams)?.[1] ?? '';
    expect(selection).toContain('viewCount');
    const aliases = Array.from(
      { length: 15 },
      (_, i) => `a${String(i)}: popularStreams(first: 100) { ${selection} }`,
    );
    expect(cost(`{ ${aliases.join(' ')} }`)).toBeGreaterThan(15_000);
  });
});

describe('an operation that is too dear', () => {
  it('is refused by what its fields come to', () => {
    expect(cost('{ a b }', {}, undefined, 2)).toBe(2);
    expect(() => cost('{ a b c }', {}, undefined, 2)).toThrow(tooComplex);
    expect(() => cost(`{ ${page('100')} }`, {}, undefined, 50)).toThrow(tooComplex);
  });

  it('is refused for its levels, also where fragments hide them', () => {
    const fragments = Array.from(
      { length: 20 },
      (_, i) => `fragment F${String(i)} on T { a { ...F${String(i + 1)} } }`,
    );
    expect(() => cost(`{ ...F0 } ${fragments.join(' ')}`)).toThrow(tooComplex);
  });

  it('is refused in time, though its fragments double at each step', () => {
    const fragments = Array.from(
      { length: 60 },
      (_, i) => `fragment F${String(i)} on T { ...F${String(i + 1)} ...F${String(i + 1)} }`,
    );
    const document = `{ ...F0 } ${fragments.join(' ')} fragment F60 on T { a }`;
    expect(() => cost(document)).toThrow(tooComplex);
  });
});
