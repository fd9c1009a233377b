import { badInput } from '../../domain/errors.js';
import { parseTime } from '../../domain/time.js';
import {
  addressIn,
  CMCD_HEADERS,
  wholeIn,
  type LoggedRequest,
  type LogReader,
} from './logged-request.js';
import { decodedOnce } from './once-more.js';

const FIELDS = /^#Fields:\s*(.*)$/i;
/** The fields in which CDNs write their ids of requests. */
const IDS = ['x-edge-request-id', 'x-request-id', 'cs(x-request-id)', 'sc(x-request-id)'];

/** Says whether a line of a log names the fields of those behind it. */
export const isHeading = (line: string): boolean => FIELDS.test(line);

/**
 * Makes a reader of extended log files (https://www.w3.org/TR/WD-logfile): lines of fields that the
 * last `#Fields` before them names, with tabs between them, or spaces.
 */
export function fieldLogReader(): LogReader {
  let names: readonly string[] | undefined;
  return (line) => {
    if (line.startsWith('#')) {
      const [, listed] = FIELDS.exec(line) ?? [];
      if (listed !== undefined) names = listed.trim().toLowerCase().split(/\s+/);
      return undefined;
    }
    if (names === undefined) throw badInput('line', 'stands before the first #Fields');
    const values = line.includes('\t') ? line.split('\t') : spacedValues(line);
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

/** Splits values at spaces; one that holds spaces stands in quotes, which are doubled within. */
function spacedValues(line: string): readonly string[] {
  const values: string[] = [];
  for (let at = 0; at < line.length;) {
    if (line[at] === ' ') {
      at += 1;
      continue;
    }
    const isQuoted = line[at] === '"';
    const end = isQuoted ? closingQuote(line, at) : line.indexOf(' ', at);
    const to = end < 0 ? line.length : end;
    values.push(isQuoted ? line.slice(at + 1, to).replaceAll('""', '"') : line.slice(at, to));
    at = isQuoted ? to + 1 : to;
  }
  return values;
}

function closingQuote(line: string, from: number): number {
  for (let at = line.indexOf('"', from + 1); at >= 0; at = line.indexOf('"', at + 2)) {
    if (line[at + 1] !== '"') return at;
  }
  throw badInput('line', 'has a quote that nothing closes');
}
