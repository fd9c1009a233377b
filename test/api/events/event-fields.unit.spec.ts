import fc from 'fast-check';
import { buildSchema, coerceInputValue, type GraphQLInputObjectType } from 'graphql';
import { readFields } from '../../../src/api/events/event-fields.js';
import { Duration, SafeInt, Time } from '../../../src/api/graphql/scalars.js';
import { PlayheadError } from '../../../src/domain/errors.js';
import { read } from '../../docs/markdown.js';

const schema = buildSchema(read('schema.gql'));
// The schema as it is printed has the scalars' names only.
for (const scalar of [Time, Duration, SafeInt]) {
  Object.assign(schema.getType(scalar.name) ?? {}, { parseValue: scalar.parseValue });
}
const inputType = schema.getType('StreamingEventInput') as GraphQLInputObjectType;

/** A whole number that JSON does not keep: GraphQL makes another id of it, which helps nobody. */
const isUnsafe = (value: unknown): boolean =>
  Number.isInteger(value) && !Number.isSafeInteger(value);
const hasUnsafe = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && Object.values(input).some(isUnsafe);

/** What GraphQL makes of an input: its fields without those that are null, or undefined. */
function byGraphql(input: unknown): unknown {
  const faults: Error[] = [];
  const fields: unknown = coerceInputValue(input, inputType, (_path, _value, fault) => {
    faults.push(fault);
  });
  if (faults.length > 0 || typeof fields !== 'object' || fields === null) return undefined;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function byEvents(input: unknown): unknown {
  try {
    return { ...readFields(input) };
  } catch (error) {
    if (error instanceof PlayheadError && error.code === 'BAD_USER_INPUT') return undefined;
    throw error;
  }
}

const good = { mediaId: 'm', eventType: 'SESSION_START' };

const values: readonly unknown[] = [
  ...[null, '', 'x', 'a\u0000b', '\ud83d', true, false, {}, [], ['x'], [1], { id: 'x' }],
  ...[0, -0, 1, -1, 1.5, 1e300, 2 ** 40, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), -1e-9],
  ...['5', '1.5', 'SESSION_END', 'session_end', 'ENDED', 'TIMEOUT', 'HIGH', '720p'],
  ...['2026-01-31T12:00:00Z', '2026-01-31T12:00:00+02:00', '2026-01-31', 1_700_000_000_000],
  ...['2026-02-30T12:00:00Z', '2026-01-31T12:00:60Z', '2026-01-31t12:00:00.123456z'],
];
const fields = [...Object.keys(inputType.getFields()), 'unknown', 'toString', 'constructor'];

describe('an event that came as JSON', () => {
  it.each(fields)('is taken, or refused, as GraphQL does it, whatever its %s', (field) => {
    for (const value of values.filter((one) => !isUnsafe(one))) {
      const event = { ...good, [field]: value };
      expect([field, value, byEvents(event)]).toEqual([field, value, byGraphql(event)]);
    }
  });

  it('is so whatever it holds', () => {
    const member = fc.oneof(
      fc.constantFrom(...values),
      fc.jsonValue({ maxDepth: 2 }),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    );
    const event = fc
      .dictionary(fc.constantFrom(...fields), member, { noNullPrototype: true, maxKeys: 4 })
      .map((members) => ({ ...good, ...members }));
    fc.assert(
      fc.property(fc.oneof(event, fc.jsonValue()), (input) => {
        fc.pre(!hasUnsafe(input));
        expect(byEvents(input)).toEqual(byGraphql(input));
      }),
    );
  });

  it.each(['mediaId', 'userId', 'bytesLoaded'])('has no %s that JSON has not kept', (field) => {
    const event: unknown = JSON.parse(`{"mediaId": "m", "eventType": "HEARTBEAT",
      "${field}": 9007199254740993}`);
    expect(byEvents(event)).toBeUndefined();
  });

  it.each(['mediaId', 'eventType'])('needs its %s', (field) => {
    for (const event of [
      { ...good, [field]: undefined },
      { ...good, [field]: null },
    ]) {
      expect(() => readFields(JSON.parse(JSON.stringify(event)))).toThrow(`${field}: is required`);
    }
  });

  it('has no member beside those of the API, not even one that every object inherits', () => {
    expect(() => readFields(JSON.parse('{"__proto__": {"mediaId": "m"}}'))).toThrow('__proto__');
    expect(() => readFields({ ...good, ['x'.repeat(3_000)]: 1 })).toThrow(/"x{100}…"$/);
  });

  describe('of an import', () => {
    const lineId = `${'aB3_-'.repeat(8)}xyz-12`;
    const past = (more: object): unknown => ({
      ...readFields({ ...good, ...more }, undefined, 'past'),
    });

    it('may have the id of its line in place of an eventId, which no other may', () => {
      expect(past({ lineId, eventId: null })).toEqual({ ...good, lineId });
      expect(past({ lineId: null, eventId: 'e' })).toEqual({ ...good, eventId: 'e' });
      const unknown = 'has an unknown member "lineId"';
      expect(() => readFields({ ...good, lineId })).toThrow(unknown);
      expect(() => readFields({ ...good, lineId: null })).toThrow(unknown);
    });

    it('has none beside an eventId, and none of another form', () => {
      expect(() => past({ lineId, eventId: 'e' })).toThrow('lineId: has no place beside');
      for (const other of [
        '',
        'x',
        1,
        {},
        `${lineId}x`,
        lineId.slice(1),
        lineId.replace('12', '0'),
      ]) {
        expect(() => past({ lineId: other })).toThrow('lineId: must be what the command line');
      }
    });
  });
});
