import { badInput } from '../../domain/errors.js';
import { isObject, type StoredData } from '../../domain/stored-data.js';
import { parseTime, SECOND_MS } from '../../domain/time.js';
import {
  addressIn,
  CMCD_HEADERS,
  wholeIn,
  type CmcdHeader,
  type LoggedRequest,
} from './logged-request.js';

/** Reads a line of JSON with the members that docs/players.md names. */
export function readJsonLine(line: string): LoggedRequest {
  const values = objectIn(line);
  const { path, query } = addressIn(textIn(values.path) ?? '');
  return {
    id: textIn(values.id),
    at: timeIn(values.time),
    method: textIn(values.method),
    path,
    query: textIn(values.query) ?? query,
    headers: headersIn(isObject(values.headers) ? values.headers : {}, (name) => name),
    cmcd: textIn(values.cmcd),
    status: wholeIn(values.status),
    bytes: wholeIn(values.bytes),
    isOfPlayer: true,
  };
}

/** Reads a line of JSON with the members of the format that Fastly proposes. */
export function readFastlyLine(line: string): LoggedRequest {
  const values = objectIn(line);
  const { path, query } = addressIn(textIn(values.url) ?? '');
  return {
    id: textIn(values.request_id),
    at: timeIn(values.timestamp),
    method: textIn(values.request_method),
    path,
    query,
    headers: headersIn(values, (name) => name.replace('-', '_')),
    cmcd: undefined,
    status: wholeIn(values.response_status),
    bytes: wholeIn(values.response_bytes ?? values.response_body_size),
    // What an edge fetched from a shield is logged by both.
    isOfPlayer: values.fastly_is_edge !== false && values.fastly_is_edge !== 'false',
  };
}

function objectIn(line: string): StoredData {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw badInput('line', 'must be JSON');
  }
  if (!isObject(value)) throw badInput('line', 'must be a JSON object');
  return value;
}

/** A text that says something; a CDN writes an empty one, or a dash, where there is nothing. */
const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value !== '-' ? value : undefined;

function headersIn(
  values: StoredData,
  memberOf: (name: CmcdHeader) => string,
): LoggedRequest['headers'] {
  const byName = new Map(
    Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return Object.fromEntries(
    CMCD_HEADERS.flatMap((name) => {
      const value = textIn(byName.get(memberOf(name)));
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const DECIMAL = /^\d{1,13}(\.\d{1,9})?$/;
/** An offset without its colon, as strftime's %z writes it. */
const OFFSET = /([+-]\d{2})(\d{2})$/;

function timeIn(value: unknown): number | undefined {
  if (typeof value === 'number') return epochIn(value);
  if (typeof value !== 'string') return undefined;
  return DECIMAL.test(value) ? epochIn(Number(value)) : parseTime(value.replace(OFFSET, '$1:$2'));
}

/** Numbers below are seconds since 1970, others milliseconds. */
const SECONDS_MAX = 1e11;

const epochIn = (number: number): number | undefined => {
  const ms = Math.round(number < SECONDS_MAX ? number * SECOND_MS : number);
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : undefined;
};
