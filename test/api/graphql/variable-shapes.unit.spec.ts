import { shapeFaultIn } from '../../../src/api/graphql/variable-shapes.js';
import { apiSchema, askedOperation } from '../../support/asked-operation.js';

const EVENT = { mediaId: 'm', eventType: 'HEARTBEAT' };

function faultOf(type: string, value: unknown): string | undefined {
  const asked = askedOperation(`query($v: ${type}) { __typename }`, { v: value });
  return shapeFaultIn(apiSchema, asked.operation, asked.variables)?.message;
}

describe('the shape of a variable', () => {
  it.each([
    ['a list of inputs', '[StreamingEventInput!]!', [EVENT, { ...EVENT, userId: null }]],
    ['one input for a list', '[StreamingEventInput!]!', EVENT],
    ['no object for an input, which is refused later', 'StreamingEventInput', 5],
    ['null and values of any type', 'StreamingEventInput', { mediaId: 5, duration: 'x' }],
    ['a text of 10,000 characters', 'String', 'x'.repeat(10_000)],
    ['nothing', 'ID', undefined],
  ])('is let through: %s', (_, type, value) => {
    expect(faultOf(type, value)).toBeUndefined();
  });

  it.each([
    [
      'a member that there is not',
      '[StreamingEventInput!]!',
      [EVENT, { ...EVENT, other: 1 }],
      'v[1]: Field "other" is not defined by type "StreamingEventInput".',
    ],
    ['a member of the prototype', 'StreamingEventInput', { constructor: 1 }, 'Field "constructor"'],
    ['a list for an input', 'StreamingEventInput', [EVENT], 'v: must not be a list'],
    ['a list for a value', '[StreamingEventInput]', [{ mediaId: [] }], 'v[0].mediaId: must be a'],
    ['an object for a value', 'Int', {}, 'v: must be a single value'],
    ['a list too deep', '[Int]', [[1]], 'v[0]: must be a single value'],
    ['a text without end', 'String', 'x'.repeat(10_001), 'v: must have at most 10000 characters'],
  ])('is refused: %s', (_, type, value, message) => {
    const fault = faultOf(type, value) ?? '';
    expect(fault).toContain(message);
    expect(fault.length).toBeLessThan(250);
  });

  it('quotes what is long at 100 characters', () => {
    const long = 'x'.repeat(5_000);
    expect(faultOf('StreamingEventInput', { [long]: 1 })).not.toMatch(/x{101}/);
    const asked = askedOperation(`query($${long}: Int) { __typename }`, { [long]: {} });
    const { message } = shapeFaultIn(apiSchema, asked.operation, asked.variables) ?? {};
    expect(message).not.toMatch(/x{101}/);
  });
});
