import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isInputObjectType,
  isListType,
  isObjectType,
  type GraphQLField,
} from 'graphql';
import {
  ASKED_LENGTHS,
  LENGTHS,
  RECORDING_FIELDS,
  REQUEST_PRICE,
  ROW_COUNTS,
  ROW_LISTS,
  WORK_PRICES,
} from '../../../src/api/graphql/field-prices.js';
import { costOf } from '../../../src/api/graphql/query-cost.js';
import { readConfig } from '../../../src/config.js';
import { DOCUMENTS } from '../../support/api-client.js';
import { apiSchema, askedOperation } from '../../support/asked-operation.js';
import { doublingFragments, times } from '../../support/graphql-documents.js';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const { queryCostMax } = readConfig({});

const price = (document: string, variables: object = {}, name?: string) =>
  costOf(askedOperation(document, { ...variables }, name), apiSchema, NOW);
const cost = (document: string, variables?: object): number => price(document, variables).cost;
const page = (first: string, more = ''): string =>
  `popularStreams(first: ${first} ${more}) { edges { cursor } }`;

const RANGE = '{ from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" }';
const ofSessions = (fields: string): string =>
  `sessions(range: ${RANGE}, first: 9) { edges { node { ${fields} } } }`;

describe('the cost of an operation', () => {
  it.each([
    ['a page whose length is a variable', `query($n: Int!) { ${page('$n')} }`, { n: 9 }, '9'],
    ['a page whose length is a default', `query($n: Int = 3) { ${page('$n')} }`, {}, '3'],
    ['a page of no length there is', `query($n: Int!) { ${page('$n')} }`, { n: 1e9 }, '100'],
    ['a page of no number', `query($n: Int!) { ${page('$n')} }`, { n: 'x' }, '100'],
    ['a page of a fragment', `{ ...F } fragment F on Query { ${page('7')} }`, {}, '7'],
    [
      'rows of a fragment',
      '{ popularStreams(first: 7) { ...F } } fragment F on StreamConnection { edges { cursor } }',
      {},
      '7',
    ],
    ['a period of no name', `{ ${page('5', 'period: CENTURY')} }`, {}, '5, period: MONTH'],
    ['the default period', `{ ${page('5')} }`, {}, '5, period: WEEK'],
  ])('counts %s', (_, document, variables, same) => {
    expect(cost(document, variables)).toBeCloseTo(cost(`{ ${page(same)} }`), 9);
  });

  it.each([
    ['each alias', `{ a: ${page('5')} b: ${page('5')} }`, `{ ${page('5')} }`],
    ['longer pages', `{ ${page('50')} }`, `{ ${page('5')} }`],
    [
      'the titles of sessions',
      `{ ${ofSessions('media { mediaId }')} }`,
      `{ ${ofSessions('state context { os }')} }`,
    ],
    ['longer periods', `{ ${page('5', 'period: MONTH')} }`, `{ ${page('5', 'period: HOUR')} }`],
    [
      'longer ranges',
      '{ streamingAnalytics(mediaId: "m", from: "2025-03-01T00:00:00Z") { totalViews } }',
      '{ streamingAnalytics(mediaId: "m") { totalViews } }',
    ],
    [
      'lists without a length',
      '{ bandwidthUsage(period: MONTH) { byHour { hour } } }',
      '{ bandwidthUsage(period: MONTH) { cost } }',
    ],
    [
      'what is asked about the schema',
      '{ __schema { types { fields { name } } } }',
      '{ __typename }',
    ],
  ])('grows with %s', (_, dear, cheap) => {
    expect(cost(dear)).toBeGreaterThan(cost(cheap));
  });

  it('is that of the operation that is run', () => {
    const document = `query A { __typename } query B { ${page('100')} }`;
    expect(price(document, {}, 'A').cost).toBeLessThan(price(document, {}, 'B').cost);
  });

  it('is within the default for 15 pages of 100 streams with all fields, of any period', () => {
    const selection = /\{\s*(edges[\s\S]*totalCount)/.exec(DOCUMENTS.popularStreams)?.[1] ?? '';
    expect(selection).toContain('viewCount');
    const aliases = times(
      15,
      (i) => `a${String(i)}: popularStreams(first: 100, period: MONTH) { ${selection} }`,
    );
    expect(cost(`{ ${aliases} }`)).toBeLessThan(queryCostMax);
    expect(cost(`{ ${aliases} }`)).toBeGreaterThan(queryCostMax / 10);
  });

  it('is found, however many filters and metrics a variable holds', () => {
    const ask = (type: string, field: string, length: number): number =>
      cost(`query($v: ${type}) { ${field} }`, { v: Array.from({ length }, () => 1) });
    const figures = `figures(range: ${RANGE}, filter: $v) { figures { views } }`;
    const series = `timeSeries(range: ${RANGE}, interval: DAY, metrics: $v) { at }`;
    for (const [type, field] of [
      ['[FilterInput!]', figures],
      ['[Metric!]!', series],
    ] as const) {
      expect(ask(type, field, 300_000)).toBe(ask(type, field, 21));
      expect(ask(type, field, 21)).toBeGreaterThan(ask(type, field, 1));
    }
  });

  it('is found in time, though its fragments double at each step or go in a circle', () => {
    expect(cost(doublingFragments(60))).toBeGreaterThan(queryCostMax);
    expect(cost(doublingFragments(990))).toBeGreaterThan(queryCostMax);
    expect(cost('{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }')).toBe(
      REQUEST_PRICE,
    );
  });
});

describe('the levels of an operation', () => {
  it('count those that fragments hide', () => {
    const fragments = times(
      20,
      (i) => `fragment F${String(i)} on __Type { ofType { ...F${String(i + 1)} } }`,
    );
    const document = `{ __type(name: "x") { ...F0 } } ${fragments}
      fragment F20 on __Type { name }`;
    expect(price(document).depth).toBe(22);
  });
});

describe('the events of an operation', () => {
  const record = 'recordStreamingEvents(inputs: $i) { accepted }';
  const inputs = { i: Array.from({ length: 300 }, () => ({})) };

  it('are those of all its fields, whatever variable they share', () => {
    const aliases = times(40, (i) => `a${String(i)}: ${record}`);
    expect(price(`mutation($i: [StreamingEventInput!]!) { ${aliases} }`, inputs).events).toBe(
      12_000,
    );
  });

  it.each(['toString', 'constructor', 'valueOf', '__proto__'])(
    'are counted by the default of a variable that is called %s',
    (name) => {
      const document = `mutation($${name}: [StreamingEventInput!]! = [{}, {}]) {
        recordStreamingEvents(inputs: $${name}) { accepted } }`;
      expect(price(document).events).toBe(2);
    },
  );

  it('are counted where they are written out, single, or in fragments', () => {
    expect(price('mutation { recordStreamingEvents(inputs: [{}, {}]) { accepted } }').events).toBe(
      2,
    );
    expect(price('mutation { recordStreamingEvents(inputs: {}) { accepted } }').events).toBe(1);
    expect(price('mutation { recordStreamingEvent(input: {}) { eventId } }').events).toBe(1);
    expect(price('mutation { reportStreamingQuality(input: {}) { success } }').events).toBe(1);
    const document = `mutation($i: [StreamingEventInput!]!) { ...F ...F }
      fragment F on Mutation { ${record} }`;
    expect(price(document, inputs).events).toBe(600);
    expect(price('{ popularStreams(first: 1) { totalCount } }').events).toBe(0);
  });
});

describe('the price table and the schema', () => {
  const objects = Object.values(apiSchema.getTypeMap()).filter(isObjectType);
  const coordinates = new Map<string, GraphQLField<unknown, unknown>>(
    objects.flatMap((type) =>
      Object.values(type.getFields()).map(
        (field) => [`${type.name}.${field.name}`, field] as const,
      ),
    ),
  );
  const isRoot = (coordinate: string): boolean =>
    /^(Query|Mutation|Subscription)\./.test(coordinate);

  it('name the same fields of the roots, and others that are there', () => {
    const priced = Object.keys(WORK_PRICES);
    expect(priced.filter(isRoot).sort()).toEqual([...coordinates.keys()].filter(isRoot).sort());
    expect(priced.filter((coordinate) => !coordinates.has(coordinate))).toEqual([]);
  });

  it('name the same lists', () => {
    const lists = [...coordinates].filter(([, { type }]) => isListType(getNullableType(type)));
    const named = [...Object.keys(LENGTHS), ...Object.keys(ASKED_LENGTHS), ...ROW_LISTS];
    expect(named.sort()).toEqual(
      ['__Type.ofType', ...lists.map(([coordinate]) => coordinate)].sort(),
    );
  });

  it('know how many rows there are of what is made of rows', () => {
    const holders = ROW_LISTS.map((coordinate) => coordinate.split('.')[0]);
    const holding = [...coordinates].filter(([, { type }]) =>
      holders.includes(getNamedType(type).name),
    );
    expect(Object.keys(ROW_COUNTS).sort()).toEqual(
      holding.map(([coordinate]) => coordinate).sort(),
    );
    expect(objects.filter((type) => 'edges' in type.getFields()).map(({ name }) => name)).toEqual(
      holders.filter((name) => name?.endsWith('Connection')),
    );
  });

  it('agree about what records events: whatever takes an input of an event', () => {
    const recording = [...coordinates].filter(([, { args }]) =>
      args.some(({ type }) => /^Streaming\w+Input$/.test(getNamedType(type).name)),
    );
    expect([...RECORDING_FIELDS].sort()).toEqual(
      recording.map(([coordinate]) => coordinate).sort(),
    );
  });

  it('have no types of which one stands for several: fields are compared by that', () => {
    expect(Object.values(apiSchema.getTypeMap()).filter(isAbstractType)).toEqual([]);
  });

  it('tell lengths of the schema that are near to its own', () => {
    const types = Object.values(apiSchema.getTypeMap());
    const share = (counts: readonly number[]): number =>
      counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const own: Readonly<Record<string, number>> = {
      '__Schema.types': types.length,
      '__Type.fields': share(
        types.map((type) => (isObjectType(type) ? Object.keys(type.getFields()).length : 0)),
      ),
      '__Type.inputFields': share(
        types.map((type) => (isInputObjectType(type) ? Object.keys(type.getFields()).length : 0)),
      ),
    };
    for (const [coordinate, length] of Object.entries(own)) {
      expect([coordinate, (LENGTHS[coordinate] ?? 0) / length]).toEqual([
        coordinate,
        expect.any(Number),
      ]);
      expect((LENGTHS[coordinate] ?? 0) / length).toBeGreaterThan(0.7);
      expect((LENGTHS[coordinate] ?? 0) / length).toBeLessThan(2);
    }
  });
});
