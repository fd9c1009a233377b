import { codeOf, sendGraphql, type GraphqlAnswer } from '../support/graphql.js';
import { Literal, literalOf } from '../support/literals.js';

/**
 * Why a value is bad: it is not of the type that the schema states, which is a fault of the
 * document if it stands there, or it breaks a rule of the API.
 */
export type Fault = 'type' | 'rule';

export interface BadValue {
  readonly field: string;
  readonly value: unknown;
  readonly fault: Fault;
}

/** Bad values of one field. */
export const bad = (field: string, fault: Fault, values: readonly unknown[]): BadValue[] =>
  values.map((value) => ({ field, value, fault }));

/** Texts that no field takes: control characters and lone surrogates. */
export const FORBIDDEN_TEXTS = [
  'a\u0000b',
  'a\u001fb',
  'two\nlines',
  '\u007f',
  'a\u0085',
  '\ud83d',
];

/** What no id may be. */
export const badIds = (field: string): BadValue[] => [
  ...bad(field, 'type', [true, 1.5, {}, ['a', 'b'], { id: 'x'.repeat(3_000) }]),
  ...bad(field, 'type', [{ ['x'.repeat(3_000)]: 1 }, new Array<string>(600).fill('xx')]),
  ...bad(field, 'rule', ['', '   ', '\u00a0', 'x'.repeat(201), '😀'.repeat(201)]),
  ...bad(field, 'rule', ['x'.repeat(100_000), ...FORBIDDEN_TEXTS]),
];

/** What no text of a length may be. */
export const badTexts = (field: string, lengthMax: number): BadValue[] => [
  ...bad(field, 'type', [5, true, {}, ['a', 'b']]),
  ...bad(field, 'rule', ['', '   ', 'x'.repeat(lengthMax + 1), ...FORBIDDEN_TEXTS]),
];

/** What no time is. */
export const badTimes = (field: string): BadValue[] =>
  bad(field, 'type', [
    ...['', 'yesterday', '2026-01-31', '2026-01-31T12:00:00', '2026-01-31 12:00:00Z'],
    ...['2026-02-30T12:00:00Z', '2026-01-31T24:00:00Z', '2026-13-01T12:00:00Z'],
    ...['2026-01-31T12:60:00Z', '2026-01-31T12:00:61Z', '2026-01-31T12:00:00+25:00'],
    ...['1700000000000', 1_700_000_000_000, true, {}, ['a', 'b'], 'x'.repeat(3_000)],
    ...[{ of: 'x'.repeat(3_000) }, new Literal('9'.repeat(3_000))],
  ]);

/** An operation whose values come in one argument, an input object or a list of them. */
export interface InputOperation {
  readonly kind: 'query' | 'mutation';
  /** The field; other arguments may stand behind it, after an opening parenthesis. */
  readonly name: string;
  readonly argument: string;
  /** The argument's type. */
  readonly type: string;
  /** What is asked of the answer. */
  readonly selection: string;
}

/** An answer to a bad value, and the code that the contract states for it. */
interface Refusal {
  readonly way: string;
  readonly answer: GraphqlAnswer;
  readonly expectedCode: string;
}

let documents = 0;

/** Sends an argument in every way: as a literal, as a variable of a known and of a new document. */
async function sendEveryWay(
  url: string,
  { kind, name, argument, type, selection }: InputOperation,
  value: unknown,
  fault: Fault,
): Promise<readonly Refusal[]> {
  const call = name.includes('(') ? name : `${name}(`;
  const given = value === undefined ? '' : `${argument}: ${literalOf(value)}`;
  const argumentList = `${call}${given})`.replace('()', '');
  const literal = `${kind} { ${argumentList} ${selection} }`;
  const variable = `${kind}($value: ${type}) { ${call}${argument}: $value) ${selection} }`;
  const refusals: Refusal[] = [];
  const send = async (way: string, query: string, code: string): Promise<void> => {
    const answer = await sendGraphql(url, { query, variables: { value } });
    refusals.push({ way, answer, expectedCode: code });
  };
  await send('literal', literal, literalCode(value, fault));
  if (isJson(value)) {
    documents += 1;
    await send('variable', variable, 'BAD_USER_INPUT');
    await send(
      'variable of a new document',
      `${variable} # ${String(documents)}`,
      'BAD_USER_INPUT',
    );
  }
  return refusals;
}

/** A lone surrogate cannot stand in a document: it is refused as its syntax. */
function literalCode(value: unknown, fault: Fault): string {
  const literal = literalOf(value ?? null);
  if (!literal.isWellFormed() || /\\ud[89a-f]/i.test(literal)) {
    return 'GRAPHQL_PARSE_FAILED';
  }
  return fault === 'type' ? 'GRAPHQL_VALIDATION_FAILED' : 'BAD_USER_INPUT';
}

const isJson = (value: unknown): boolean =>
  !(value instanceof Literal) &&
  (typeof value !== 'object' || value === null || Object.values(value).every(isJson));

/** What must never be seen from outside. */
const INTERNALS = [
  /node_modules/,
  /\bdist\b|\bsrc\//,
  /\.[jt]s:\d/,
  /\bat (async )?[\w.<>]+ \(/,
  /SQLITE|Sqlite|libsql|fastify|FST_|Nest/i,
  /"stack"|stacktrace/i,
  /\[object /,
  /undefined/,
  /something failed that should not/,
];
/** An input is quoted at so many characters at most. */
const QUOTED_MAX = 100;

/** The faults of an answer to a bad value; none if it is as the contract says. */
function faultsOf({ way, answer, expectedCode }: Refusal): readonly string[] {
  const { text, data, errors } = answer;
  const faults = INTERNALS.filter((pattern) => pattern.test(text)).map(
    (pattern) => `shows ${String(pattern)}`,
  );
  if (errors.length === 0) faults.push('was accepted');
  else if (codeOf(answer) !== expectedCode) {
    faults.push(`has ${String(codeOf(answer))} instead of ${expectedCode}`);
  }
  if (Object.values(data ?? {}).some((value) => value !== null)) faults.push('has data');
  const messages = errors.map(({ message }) => message.replace(/["'[\], ]/g, '')).join('\n');
  if (/x{101}|9{101}/.test(messages)) faults.push(`quotes more than ${String(QUOTED_MAX)}`);
  return faults.map((fault) => `as a ${way}: ${fault}: ${text.slice(0, 300)}`);
}

/** Every fault of every answer to a bad value. */
export async function refusalFaults(
  url: string,
  operation: InputOperation,
  value: unknown,
  fault: Fault,
): Promise<readonly string[]> {
  return (await sendEveryWay(url, operation, value, fault)).flatMap(faultsOf);
}
