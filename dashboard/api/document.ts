/** Fields of `Query` that are asked for together, by the names that their answers have. */
export type Parts = Readonly<Record<string, string>>;
export type Variables = Readonly<Record<string, unknown>>;

/** A question: what is asked for, and with which values. */
export interface Question {
  readonly parts: Parts;
  readonly variables: Variables;
}

/** A value that goes along with the clock: it is worked out when its question is sent. */
export interface Moving {
  readonly valueAt: (nowMs: number) => unknown;
}

const isMoving = (value: unknown): value is Moving =>
  typeof value === 'object' && value !== null && 'valueAt' in value;

/** Returns a question with the values that it has at a time. */
export const settled = ({ parts, variables }: Question, nowMs: number): Question => ({
  parts,
  variables: Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      isMoving(value) ? value.valueAt(nowMs) : value,
    ]),
  ),
});

/** The variables that parts may name. */
export const TYPES: Readonly<Record<string, string>> = {
  range: 'RangeInput!',
  month: 'RangeInput!',
  filter: '[FilterInput!]',
  compare: 'Comparison',
  interval: 'Interval!',
  mediaId: 'ID!',
  id: 'ID!',
  search: 'String',
  after: 'String',
  minViews: 'Int!',
  minAttempts: 'Int!',
  orderBy: 'Metric!',
  by: 'Dimension!',
  failed: 'Boolean',
  minRebufferRatio: 'Float',
  timeZone: 'TimeZone!',
  name: 'String!',
  reason: 'String!',
};

const namesIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/\$(\w+)/g)].map(([, name = '']) => name)),
];

/** Writes the parts as one operation, which declares the variables that they name. */
export function documentOf(parts: Parts, kind = 'query'): string {
  const fields = Object.entries(parts).map(([name, text]) => {
    const [field = ''] = /^\w+/.exec(text) ?? [];
    return `  ${name === field ? '' : `${name}: `}${text}`;
  });
  const declared = namesIn(fields.join('')).map((name) => `$${name}: ${TYPES[name] ?? ''}`);
  const declarations = declared.length === 0 ? '' : `(${declared.join(', ')})`;
  return `${kind}${declarations} {\n${fields.join('\n')}\n}`;
}

/** Keeps the values that the parts name: others would be refused. */
export function variablesOf(parts: Parts, variables: Variables): Variables {
  const names = namesIn(Object.values(parts).join(''));
  return Object.fromEntries(names.map((name) => [name, variables[name] ?? null]));
}
