import { variableFaults } from '../../../src/api/graphql/variables.js';
import { apiSchema, askedOperation } from '../../support/asked-operation.js';

const EVENT = { mediaId: 'm', eventType: 'HEARTBEAT' };

function faultsOf(type: string, value: unknown, name = 'v'): readonly string[] {
  const asked = askedOperation(`query($${name}: ${type}) { __typename }`, { [name]: value });
  return variableFaults(apiSchema, asked.operation, asked.variables).map(({ message }) => message);
}

describe('a variable', () => {
  it.each([
    ['a list of inputs', '[StreamingEventInput!]!', [EVENT, { ...EVENT, userId: null }]],
    ['one input for a list', '[StreamingEventInput!]!', EVENT],
    ['null where it may be', '[StreamingEventInput]', [null]],
    ['null for an optional member', 'StreamingEventInput', { ...EVENT, duration: null }],
    ['a default for what is left out', 'Int! = 5', undefined],
    ['a whole number as an id', 'ID', 5],
    ['a text of 10,000 characters', 'String', 'x'.repeat(10_000)],
    ['nothing', 'ID', undefined],
  ])('is let through: %s', (_, type, value) => {
    expect(faultsOf(type, value)).toEqual([]);
  });

  it.each([
    [
      'a member that there is not',
      '[StreamingEventInput!]!',
      [EVENT, { ...EVENT, other: 1 }],
      'v[1]: has no member "other" in a StreamingEventInput',
    ],
    [
      'a member of the prototype',
      'StreamingEventInput',
      { constructor: 1 },
      'no member "constructor"',
    ],
    ['a list for an input', 'StreamingEventInput', [EVENT], 'v: must not be a list'],
    [
      'a list for a value',
      '[StreamingEventInput]',
      [{ ...EVENT, mediaId: [] }],
      'v[0].mediaId: must be a',
    ],
    ['no object for an input', 'StreamingEventInput', 5, 'v: must be an object, a Streaming'],
    ['nothing', 'ID!', undefined, 'v: is required'],
    ['null', 'ID!', null, 'v: must not be null'],
    ['null in a list', '[ID!]', ['a', null], 'v[1]: must not be null'],
    ['null for a default', 'Int! = 5', null, 'v: must not be null'],
    ['a number of another kind', 'Int', 1.5, 'v: must be a whole number'],
    ['a name in another case', 'TimePeriod', 'week', 'v: must be one of HOUR, DAY, WEEK, MONTH'],
    ['an id that JSON rounded', 'ID', 2 ** 53, 'v: ID: must be a string, or a whole number'],
    ['an object for a value', 'Int', {}, 'v: must be a single value'],
    ['a list too deep', '[Int]', [[1]], 'v[0]: must be a single value'],
    ['a text without end', 'String', 'x'.repeat(10_001), 'v: must have at most 10000 characters'],
  ])('is refused: %s', (_, type, value, message) => {
    const [fault = '', ...more] = faultsOf(type, value);
    expect(more).toEqual([]);
    expect(fault).toContain(message);
    expect(fault.length).toBeLessThan(250);
  });

  it('is told all of its faults, each with its place', () => {
    expect(faultsOf('[StreamingEventInput!]', [EVENT, { duration: 'x' }, null])).toEqual([
      'v[1].duration: Duration: must be a number of seconds',
      'v[1].mediaId: is required',
      'v[1].eventType: is required',
      'v[2]: must not be null',
    ]);
  });

  it('is told fifty of its faults, and that there are more', () => {
    const faults = faultsOf(
      '[Int]',
      Array.from({ length: 1_000 }, () => 'x'),
    );
    expect(faults).toHaveLength(51);
    expect(faults.at(-1)).toBe('more variables are wrong than are named');
  });

  it('quotes what is long at 100 characters', () => {
    const long = 'x'.repeat(5_000);
    expect(faultsOf('StreamingEventInput', { [long]: 1 }).join()).not.toMatch(/x{101}/);
    expect(faultsOf('Int', {}, long).join()).toMatch(/^x{100}: must be a single/);
    for (const type of ['Int', 'ID', 'TimePeriod', 'Duration']) {
      expect(faultsOf(type, long).join()).not.toMatch(/x{101}/);
    }
  });
});
