import { isUtf8 } from 'node:buffer';
import { badInput } from '../../domain/errors.js';
import { parseTime, SECOND_MS } from '../../domain/time.js';
import { addressIn, wholeIn, type LoggedRequest } from './logged-request.js';

/** A part of a line: in quotes, in brackets or bare; it may have a name, as `id=0a` has. */
interface Part {
  readonly name?: string;
  readonly kind: 'quoted' | 'bracketed' | 'bare';
  readonly text: string;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const TIME_LOCAL = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})([0-5]\d)$/;
const SECONDS = /^\d{1,11}(\.\d{1,6})?$/;
const REQUEST = /^([A-Z]{1,20}) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/;
const NAMED = /^([a-z_]{1,40})=/;
const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|((?:u[0-9A-Fa-f]{4})(?:\\u[0-9A-Fa-f]{4})*)|(.))/gs;
const PLAIN: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', v: '\v' };
/** Parts behind the time: the request, its status, its bytes; the referrer and the browser. */
const [REQUEST_AT, STATUS_AT, BYTES_AT, MORE_AT] = [1, 2, 3, 6];

/** Reads a line of nginx's `combined` log, with parts that have names behind it. */
export function readNginxLine(line: string): LoggedRequest {
  const parts = partsOf(line);
  const timeAt = parts.findIndex(({ kind }) => kind === 'bracketed');
  const [time, request, status, bytes] = [0, REQUEST_AT, STATUS_AT, BYTES_AT].map(
    (place) => parts[timeAt + place],
  );
  if (timeAt < 0 || request?.kind !== 'quoted' || status === undefined || bytes === undefined) {
    throw badInput('line', 'is none of a combined log');
  }
  const named = new Map(
    parts.slice(timeAt + MORE_AT).flatMap(({ name, text }) => {
      const isSet = name !== undefined && text !== '' && text !== '-';
      return isSet ? [[name, text] as const] : [];
    }),
  );
  // What is no request of HTTP has no address.
  const [, method, url = ''] = REQUEST.exec(request.text) ?? [];
  const { path, query } = addressIn(url);
  return {
    id: named.get('id'),
    at: secondsIn(named.get('msec')) ?? localTimeIn(time?.text ?? ''),
    method,
    path,
    query,
    headers: headersIn(named),
    cmcd: undefined,
    status: wholeIn(status.text),
    // Apache writes a dash where nothing was sent.
    bytes: wholeIn(named.get('sent') ?? (bytes.text === '-' ? '0' : bytes.text)),
    isOfPlayer: true,
  };
}

const headersIn = (named: ReadonlyMap<string, string>): LoggedRequest['headers'] => ({
  'cmcd-object': named.get('cmcd_object'),
  'cmcd-request': named.get('cmcd_request'),
  'cmcd-session': named.get('cmcd_session'),
  'cmcd-status': named.get('cmcd_status'),
});

function localTimeIn(text: string): number | undefined {
  const [, day = '', month = '', year = '', time = '', hours = '', minutes = ''] =
    TIME_LOCAL.exec(text) ?? [];
  const number = String(MONTHS.indexOf(month) / month.length + 1).padStart(2, '0');
  return parseTime(`${year}-${number}-${day}T${time}${hours}:${minutes}`);
}

/** `$msec`: seconds since 1970, with milliseconds. */
const secondsIn = (text: string | undefined): number | undefined =>
  text !== undefined && SECONDS.test(text) ? Math.round(Number(text) * SECOND_MS) : undefined;

/** Takes a line apart at its spaces, in one pass over it. */
function partsOf(line: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < line.length;) {
    if (line[at] === ' ') {
      at += 1;
      continue;
    }
    const [, name] = NAMED.exec(line.slice(at, at + 50)) ?? [];
    const from = at + (name === undefined ? 0 : name.length + 1);
    const { kind, end } = extentAt(line, from);
    const inner = kind === 'bare' ? line.slice(from, end) : line.slice(from + 1, end - 1);
    parts.push({ ...(name !== undefined && { name }), kind, text: unescaped(inner) });
    at = end;
  }
  return parts;
}

/** Returns the kind of the part that begins at a place, and the place behind it. */
function extentAt(
  line: string,
  from: number,
): { readonly kind: Part['kind']; readonly end: number } {
  const close = { '"': '"', '[': ']' }[line[from] ?? ''];
  if (close === undefined) {
    const space = line.indexOf(' ', from);
    return { kind: 'bare', end: space < 0 ? line.length : space };
  }
  for (let at = from + 1; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === close)
      return { kind: close === '"' ? 'quoted' : 'bracketed', end: at + 1 };
  }
  throw badInput('line', `has a ${line[from] ?? ''} that nothing closes`);
}

/**
 * nginx and Apache write quotes, backslashes and whatever is no plain ASCII byte by byte, as \xXX;
 * nginx with `escape=json` writes \uXXXX, a character each.
 */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const parts: Buffer[] = [];
  let from = 0;
  for (const { 0: whole, 1: byte, 2: units, 3: plain = '', index } of text.matchAll(ESCAPE)) {
    parts.push(Buffer.from(text.slice(from, index)));
    from = index + whole.length;
    if (byte !== undefined) parts.push(Buffer.from(byte, 'hex'));
    else parts.push(Buffer.from(units === undefined ? (PLAIN[plain] ?? plain) : charsOf(units)));
  }
  const bytes = Buffer.concat([...parts, Buffer.from(text.slice(from))]);
  // What is no UTF-8 stays told apart, byte by byte.
  return isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1');
}

/** `u00e9`, or several of them with a backslash before each but the first. */
const charsOf = (units: string): string =>
  String.fromCharCode(...units.split('\\').map((unit) => Number.parseInt(unit.slice(1), 16)));
