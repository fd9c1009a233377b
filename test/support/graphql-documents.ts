/** So many parts of a text, with a space between them. */
export const times = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');

/** A small document whose fragments each spread the next one twice: 2^steps fields in the end. */
export const doublingFragments = (steps: number): string =>
  `{ ...F0 } ${times(steps, (i) => {
    const next = `...F${String(i + 1)}`;
    return `fragment F${String(i)} on Query { ${next} ${next} }`;
  })} fragment F${String(steps)} on Query { popularStreams(first: 1) { totalCount } }`;

/** A GraphQL request as it is sent. */
export interface HeavyRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** A kind of request that grows with a size, each a way to make a server work. */
export interface Family {
  readonly name: string;
  /** The largest of its sizes, in most kinds far beyond the limits. */
  readonly sizeMax: number;
  readonly request: (size: number) => HeavyRequest;
}

const RECORD = 'recordStreamingEvents(inputs: $i) { accepted }';
const RECORDING = 'mutation($i: [StreamingEventInput!]!)';
const EVENT = '{ mediaId: "m", eventType: HEARTBEAT }';
const recordWritten = (count: number): string =>
  `recordStreamingEvents(inputs: [${times(count, () => EVENT)}]) { accepted }`;
const record = (i: unknown): HeavyRequest => ({
  query: `${RECORDING} { ${RECORD} }`,
  variables: { i },
});
const members = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`member${String(i)}`, i]));
const event = (more: object = {}): object => ({ mediaId: 'm', eventType: 'HEARTBEAT', ...more });
const events = (count: number, more: object = {}): readonly object[] =>
  Array.from({ length: count }, () => event(more));
/** A list in a list in a list. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
const spreads = (count: number): string => times(count, (i) => `...F${String(i)}`);
/** The spreads of five fragments, for each of the first 120 numbers in another order. */
function reorderedSpreads(number: number): string {
  const left = [0, 1, 2, 3, 4];
  let rest = number;
  return times(left.length, () => {
    const [next] = left.splice(rest % left.length, 1);
    rest = Math.floor(rest / (left.length + 1));
    return `...F${String(next)}`;
  });
}
/** So many empty lines, with which a text's places are far from its start. */
const lines = (count: number): string => '\n'.repeat(count);
const filter = (count: number): readonly object[] =>
  Array.from({ length: count }, () => ({ dimension: 'OS', anyOf: [] }));
/** Asks for the figures that a variable of filters leaves, so many times. */
const figuresBy = (aliases: number): string =>
  `query($f: [FilterInput!]) { ${times(
    aliases,
    (i) => `a${String(i)}: figures(${RANGE}, filter: $f) { figures { views } }`,
  )} }`;
const RANGE = 'range: { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" }';

export const FAMILIES: readonly Family[] = [
  {
    name: 'fragments that each spread the next one twice',
    sizeMax: 900,
    request: (size) => ({ query: doublingFragments(size) }),
  },
  {
    name: 'fragments that spread the next one within fields twice',
    sizeMax: 16,
    request: (size) => ({
      query: `{ __type(name: "Query") { ...F0 } } ${times(size, (i) => {
        const next = `ofType { ...F${String(i + 1)} }`;
        return `fragment F${String(i)} on __Type { a: ${next} b: ${next} }`;
      })} fragment F${String(size)} on __Type { name }`,
    }),
  },
  {
    name: 'fragments that select the same',
    sizeMax: 490,
    request: (size) => ({
      query: `{ ${spreads(size)} } ${times(
        size,
        (i) => `fragment F${String(i)} on Query { popularStreams(first: 1) { totalCount } }`,
      )}`,
    }),
  },
  {
    name: 'fragments that record the same events, written out',
    sizeMax: 400,
    request: (size) => ({
      query: `mutation { ${spreads(size)} } ${times(
        size,
        (i) => `fragment F${String(i)} on Mutation { ${recordWritten(10)} }`,
      )}`,
    }),
  },
  {
    name: 'a field that is selected time and again, with much written out',
    sizeMax: 50,
    request: (size) => ({
      query: `mutation { ${times(size, () => recordWritten(80))} }`,
    }),
  },
  {
    name: 'aliases of one variable',
    sizeMax: 60,
    request: (size) => ({
      query: `${RECORDING} { ${times(size, (i) => `a${String(i)}: ${RECORD}`)} }`,
      variables: { i: events(1_000) },
    }),
  },
  {
    name: 'operations that use the same variables',
    sizeMax: 60,
    request: (size) => ({
      query: `${times(size, (i) => `mutation M${String(i)}($m: ID!) { ...F }`)}
        fragment F on Mutation { recordStreamingEvents(inputs: [${times(
          60 * size,
          () => '{ mediaId: $m, eventType: HEARTBEAT }',
        )}]) { accepted } }`,
    }),
  },
  {
    name: 'fields that there are not',
    sizeMax: 900,
    request: (size) => ({ query: `{ ${times(size, (i) => `nothing${String(i)}`)} }` }),
  },
  {
    name: 'the same field',
    sizeMax: 900,
    request: (size) => ({ query: `{ ${times(size, () => 'popularStreams')} }` }),
  },
  {
    name: 'variables that are not used',
    sizeMax: 4_000,
    request: (size) => ({
      query: `query(${times(size, (i) => `$v${String(i)}: Int`)}) { __typename }`,
    }),
  },
  {
    name: 'one variable, declared time and again',
    sizeMax: 24_000,
    request: (size) => ({ query: `query(${times(size, () => '$v: Int')}) { __typename }` }),
  },
  {
    name: 'members of one object that there are not',
    sizeMax: 16_000,
    request: (size) => ({
      query: `{ figures(range: { ${times(
        size,
        (i) => `k${String(i)}: 1`,
      )} }) { figures { views } } }`,
    }),
  },
  {
    name: 'a type of many lists',
    sizeMax: 10_000,
    request: (size) => ({
      query: `query($v: ${'['.repeat(size)}Int${']'.repeat(size)}) {
        popularStreams(first: $v) { totalCount } }`,
      variables: { v: 1 },
    }),
  },
  {
    name: 'unknown members of one input',
    sizeMax: 50_000,
    request: (size) => record([event(members(size))]),
  },
  {
    name: 'unknown members of each of many inputs',
    sizeMax: 5_000,
    request: (size) => record(events(size, members(10))),
  },
  {
    name: 'wrong values in all members of inputs',
    sizeMax: 5_000,
    request: (size) => record(events(size, { duration: 'x', occurredAt: 'y', bytesLoaded: 'z' })),
  },
  {
    name: 'a text without end in place of each value',
    sizeMax: 100_000,
    request: (size) =>
      record([
        Object.fromEntries(
          ['mediaId', 'eventId', 'userId', 'quality', 'duration', 'occurredAt', 'sentAt'].map(
            (name) => [name, 'x'.repeat(size)],
          ),
        ),
      ]),
  },
  {
    name: 'an object in place of a text',
    sizeMax: 50_000,
    request: (size) => record([{ mediaId: members(size), eventId: members(10), userId: {} }]),
  },
  {
    name: 'lists within each other in place of a number',
    sizeMax: 2_000,
    request: (size) => record([event({ duration: nested(size) })]),
  },
  {
    name: 'variables that nothing declares',
    sizeMax: 50_000,
    request: (size) => ({ query: '{ __typename }', variables: { ...members(size) } }),
  },
  {
    name: 'a name of an operation without end',
    sizeMax: 500_000,
    request: (size) => ({ query: `query ${'x'.repeat(size)} { ${'y'.repeat(size)} }` }),
  },
  {
    name: 'a comment without end',
    sizeMax: 500_000,
    request: (size) => ({ query: `# ${'"'.repeat(size)}\n{ __typename }` }),
  },
  {
    name: 'fields with long texts, merged in many orders',
    sizeMax: 48,
    request: (size) => ({
      query: `{ ${times(
        size,
        (i) => `a${String(i)}: session(id: "x") { ${reorderedSpreads(i)} }`,
      )} }
        ${times(5, (i) => {
          const after = '\u007f'.repeat(3_800 * size);
          return `fragment F${String(i)} on Session {
            timeline(first: 1, after: "${after}") { totalCount } }`;
        })}`,
    }),
  },
  {
    name: 'wrong values below many lines',
    sizeMax: 48,
    request: (size) => ({
      query: `${lines(18_000 * size)}${RECORDING} { ${RECORD} }`,
      variables: { i: events(size, { duration: 'x' }) },
    }),
  },
  {
    name: 'fields that may not be asked, below many lines',
    sizeMax: 48,
    request: (size) => ({
      query: `${lines(18_000 * size)}{ ${times(
        size,
        (i) => `a${String(i)}: projections { name }`,
      )} }`,
    }),
  },
  {
    name: 'aliases of a variable with many filters',
    sizeMax: 48,
    request: (size) => ({
      query: figuresBy(size),
      variables: { f: filter(500 * size) },
    }),
  },
  {
    name: 'aliases of a variable with many filters that are none',
    sizeMax: 48,
    request: (size) => ({
      query: figuresBy(size),
      variables: { f: Array.from({ length: 9_000 * size }, () => 1) },
    }),
  },
  {
    name: 'aliases of a variable with many metrics',
    sizeMax: 48,
    request: (size) => ({
      query: `query($m: [Metric!]!) { ${times(
        size,
        (i) => `a${String(i)}: timeSeries(${RANGE}, interval: DAY, metrics: $m) { at }`,
      )} }`,
      variables: { m: Array.from({ length: 4_000 * size }, () => 1) },
    }),
  },
  {
    name: 'aliases of a default with many filters',
    sizeMax: 48,
    request: (size) => ({
      query: `query($f: [FilterInput!] = [${times(
        60 * size,
        () => '{ dimension: OS, anyOf: [] }',
      )}]) { ${times(
        size,
        (i) => `a${String(i)}: figures(${RANGE}, filter: $f) { figures { views } }`,
      )} }`,
    }),
  },
];
