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
const TYPES: Readonly<Record<string, string>> = {
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

/** Writes the question with its values in place, to be read and tried elsewhere. */
export function standalone({ parts, variables }: Question): string {
  const text = Object.entries(parts).map(([, field]) =>
    field.replace(/\$(\w+)/g, (_, name: string) => literal(variables[name] ?? null, TYPES[name])),
  );
  return laidOut(`{ ${text.join(' ')} }`);
}

/** Writes a value as GraphQL does; names of enums have no quotes. */
function literal(value: unknown, type = ''): string {
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, type)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, one]) => `${name}: ${literal(one, name === 'dimension' ? 'Dimension' : '')}`,
    );
    return `{ ${members.join(', ')} }`;
  }
  const isEnum = /^(Dimension|Metric|Interval|Comparison)/.test(type);
  return isEnum && typeof value === 'string' ? value : JSON.stringify(value);
}

/** Gives each selection lines of its own; braces in texts and arguments stay as they are. */
function laidOut(text: string): string {
  let depth = 0;
  let within = 0;
  let made = '';
  for (const token of text.match(/"(?:\\.|[^"\\])*"|[(){}]|\s+|[^\s(){}"]+/g) ?? []) {
    if (token === '(') within += 1;
    if (token === ')') within -= 1;
    if (within > 0 || token === ')') made += token;
    else if (token === '{') made += `{\n${'  '.repeat((depth += 1))}`;
    else if (token === '}')
      made = `${made.trimEnd()}\n${'  '.repeat((depth -= 1))}}\n${'  '.repeat(depth)}`;
    else made += /^\s/.test(token) ? (made.endsWith(' ') || made.endsWith('\n') ? '' : ' ') : token;
  }
  return `${made.trim()}\n`;
}
