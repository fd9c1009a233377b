import { badInput } from '../../domain/errors.js';
import { parseTime } from '../../domain/time.js';
import {
  addressIn,
  CMCD_HEADERS,
  wholeIn,
  type LoggedRequest,
  type LineReader,
} from './logged-request.js';
import { decodedOnce } from './once-more.js';

/** Says whether a line of a log names the fields of those behind it. */
export const isHeading = (line: string): boolean => FIELDS.test(line);

const FIELDS = /^#Fields:\s*(.*)$/i;

/**
 * Makes a reader of extended log files (https://www.w3.org/TR/WD-logfile): lines of fields that the
 * last `#Fields` before them names, with tabs between them, or spaces.
 */
export function fieldLineReader(): LineReader {
  let names: readonly string[] | undefined;
  return (line) => {
    if (line.startsWith('#')) {
      const [, listed] = FIELDS.exec(line) ?? [];
      if (listed !== undefined) names = listed.trim().toLowerCase().split(/\s+/);
      return undefined;
    }
    if (names === undefined) throw badInput('line', 'stands before the first #Fields');
    const values = valuesIn(line);
    if (values.length !== names.length) {
      throw badInput('line', 'has more or fewer values than #Fields names');
    }
    const fields = new Map(
      names.flatMap((name, place) => {
        const value = values[place] ?? '-';
        return value === '-' || value === '' ? [] : [[name, value] as const];
      }),
    );
    return requestIn(fields);
  };
}

/** The fields in which CDNs write their ids of requests. */
const IDS = ['x-edge-request-id', 'x-request-id', 'cs(x-request-id)', 'sc(x-request-id)'];

function requestIn(fields: ReadonlyMap<string, string>): LoggedRequest {
  const whole = addressIn(fields.get('cs-uri') ?? '');
  const id = IDS.map((name) => fields.get(name)).find((value) => value !== undefined);
  const time = parseTime(`${fields.get('date') ?? ''}T${fields.get('time') ?? ''}Z`);
  return {
    id,
    at: time,
    method: fields.get('cs-method'),
    path: fields.get('cs-uri-stem') ?? whole.path,
    query: fields.get('cs-uri-query') ?? whole.query,
    headers: Object.fromEntries(
      CMCD_HEADERS.flatMap((name) => {
        const value = fields.get(`cs(${name})`);
        return value === undefined ? [] : [[name, decodedOnce(value, '"')]];
      }),
    ),
    cmcd: undefined,
    status: wholeIn(fields.get('sc-status')),
    bytes: wholeIn(fields.get('sc-bytes')),
    isOfPlayer: true,
  };
}

/** A value in quotes, which are doubled within; it may hold spaces and tabs. */
const QUOTED = /(?<=^|[\t ])"(?:[^"]|"")*"(?=[\t ]|$)/g;

/** Splits a line at its tabs, or at its spaces where it has none outside of quotes. */
function valuesIn(line: string): readonly string[] {
  const isTabbed = line.replace(QUOTED, '').includes('\t');
  const values: string[] = [];
  for (let at = 0; at <= line.length;) {
    if (!isTabbed && (line[at] === ' ' || at === line.length)) {
      at += 1;
      continue;
    }
    const { value, end } = valueAt(line, at, isTabbed);
    values.push(value);
    at = end + 1;
  }
  return values;
}

const IN_QUOTES_TO_TAB = /"((?:[^"]|"")*)"(?=\t|$)/y;
const IN_QUOTES_TO_SPACE = /"((?:[^"]|"")*)"(?= |$)/y;

/** Returns the value that begins at a place, and the place behind it. */
function valueAt(
  line: string,
  from: number,
  isTabbed: boolean,
): { readonly value: string; readonly end: number } {
  const quoted = isTabbed ? IN_QUOTES_TO_TAB : IN_QUOTES_TO_SPACE;
  quoted.lastIndex = from;
  const [, inner] = quoted.exec(line) ?? [];
  if (inner !== undefined) return { value: inner.replaceAll('""', '"'), end: quoted.lastIndex };
  if (!isTabbed && line[from] === '"') throw badInput('line', 'has a quote that nothing closes');
  const end = line.indexOf(isTabbed ? '\t' : ' ', from);
  // With tabs around it, a value may begin with a quote that is part of it.
  return { value: line.slice(from, end < 0 ? undefined : end), end: end < 0 ? line.length : end };
}
