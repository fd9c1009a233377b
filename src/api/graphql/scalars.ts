/** The schema's scalars, each with the rule for its input. */

import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { badInput } from '../../domain/errors.js';
import { parseTime } from '../../domain/time.js';

interface ScalarRule<T> {
  readonly name: string;
  readonly description: string;
  /** The rule for an input, as the end of a sentence. */
  readonly rule: string;
  /** Returns the value of an input; undefined if the input is not of the type. */
  readonly parse: (value: unknown) => T | undefined;
  readonly serialize?: (value: unknown) => unknown;
}

function scalar<T>({
  name,
  description,
  rule,
  parse,
  serialize,
}: ScalarRule<T>): GraphQLScalarType {
  const parseOrThrow = (value: unknown): T => {
    const parsed = parse(value);
    if (parsed === undefined) throw badInput(name, rule);
    return parsed;
  };
  return new GraphQLScalarType({
    name,
    description,
    parseValue: parseOrThrow,
    parseLiteral: (node) => parseOrThrow(literalOf(node)),
    serialize: serialize ?? ((value) => value),
  });
}

/** Returns the value of a number or string literal; undefined for a list, object or enum value. */
function literalOf(node: ValueNode): unknown {
  if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return Number(node.value);
  return node.kind === Kind.STRING ? node.value : undefined;
}

/** A time: epoch milliseconds in code, RFC 3339 in requests and answers. */
export const Time = scalar({
  name: 'Time',
  rule: 'must be a time such as 2026-01-31T12:00:00Z',
  description:
    'A time as RFC 3339 states it, such as 2026-01-31T12:00:00.000Z; answers are in UTC.',
  parse: (value) => (typeof value === 'string' ? parseTime(value) : undefined),
  serialize: (value) => new Date(Number(value)).toISOString(),
});

/** A number of seconds. */
export const Duration = scalar({
  name: 'Duration',
  rule: 'must be a number of seconds',
  description: 'Seconds; fractions are allowed and kept to the millisecond.',
  parse: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
});

/** The name of a time zone. */
export const TimeZone = scalar({
  name: 'TimeZone',
  rule: 'must be the name of a time zone, such as Europe/Berlin',
  description: 'The name of an IANA time zone, such as Europe/Berlin, in any case; no offset.',
  parse: (value) => (typeof value === 'string' ? value : undefined),
});

export const SafeInt = scalar({
  name: 'SafeInt',
  rule: 'must be a whole number of at most 2^53 - 1',
  description:
    'A whole number of at most 2^53 - 1, greater than Int holds. A sum beyond is answered as that.',
  parse: (value) => (Number.isSafeInteger(value) ? (value as number) : undefined),
  // Above the limit not every whole number exists, here and in most clients: it is no wrong sum.
  serialize: (value) => Math.min(Number(value), Number.MAX_SAFE_INTEGER),
});

export const Cursor = scalar({
  name: 'Cursor',
  rule: 'must be a cursor that this server gave',
  description: 'A place in a list; opaque.',
  parse: (value) => (typeof value === 'string' ? value : undefined),
});
