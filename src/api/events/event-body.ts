import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { badInput, PlayheadError } from '../../domain/errors.js';
import type { Admitted } from '../limits/admission.js';

/** How a body lists its events; text may be either. */
type Form = 'array' | 'lines' | 'either';

const FORM_OF_TYPE: Readonly<Record<string, Form>> = {
  'application/json': 'array',
  'application/x-ndjson': 'lines',
  /** What navigator.sendBeacon sends without asking first. */
  'text/plain': 'either',
};
const CHARSETS = ['utf-8', 'utf8', 'us-ascii'];
const PACKED = ['gzip', 'x-gzip'];

/** How a body is to be read, as its headers say. */
export interface BodyKind {
  readonly form: Form;
  readonly isPacked: boolean;
}

/** What a body's headers say, or UNSUPPORTED_MEDIA_TYPE, or PAYLOAD_TOO_LARGE. */
export function kindOf({ headers }: IncomingMessage, bytesMax: number): BodyKind {
  const [type = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const form = FORM_OF_TYPE[type];
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const isKnown = charset === undefined || CHARSETS.includes(charset.slice(8).replaceAll('"', ''));
  if (form === undefined || !isKnown) {
    const types = Object.keys(FORM_OF_TYPE).join(', ');
    throw new PlayheadError('UNSUPPORTED_MEDIA_TYPE', `the body must be of one of ${types}`);
  }
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const isPacked = PACKED.includes(encoding);
  if (!isPacked && encoding !== 'identity') {
    throw new PlayheadError('UNSUPPORTED_MEDIA_TYPE', 'the body may be packed with gzip only');
  }
  if (Number(headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
  return { form, isPacked };
}

/** Reads a body and unpacks it, never holding more of it than may come. */
export async function readEventsBody(
  message: IncomingMessage,
  { isPacked }: BodyKind,
  bytesMax: number,
  place: Admitted,
): Promise<Buffer> {
  const sent = await readSent(message, bytesMax, place);
  const bytes = isPacked ? await place.alone(() => unpack(sent, bytesMax)) : sent;
  place.addBytes(bytes.length);
  return bytes;
}

async function readSent(
  message: IncomingMessage,
  bytesMax: number,
  place: Admitted,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // What is refused half-way is still answered: the connection stays.
  const rest = message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  try {
    for await (const chunk of rest) {
      place.addArriving(chunk.length);
      length += chunk.length;
      if (length > bytesMax) throw tooLarge(bytesMax);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof PlayheadError) throw error;
    throw badInput('body', 'broke off');
  }
  return Buffer.concat(chunks);
}

/** An event as its body holds it: in JSON, or a line of which it is not known whether it is. */
export type Element = { readonly json: unknown } | { readonly line: string };

/** The elements of a body; BAD_USER_INPUT if it does not list any. */
export function elementsOf(body: Buffer, form: Form): readonly Element[] {
  const text = textOf(body);
  const whole = form === 'lines' ? undefined : parse(text);
  if (Array.isArray(whole)) return whole.map((json: unknown) => ({ json }));
  if (typeof whole === 'object' && whole !== null) return [{ json: whole }];
  const isArray = form === 'array' || (form === 'either' && text.trimStart().startsWith('['));
  if (!isArray) return linesOf(text).map((line) => ({ line }));
  const rule = whole === undefined ? 'must be JSON' : 'must be an array of events, or one event';
  throw badInput('body', rule);
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw badInput('body', 'must be UTF-8');
  }
}

const NEWLINE = 10;

/** The lines that hold anything; a million that do not cost next to nothing. */
function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  for (let from = 0; from < text.length; from += 1) {
    if (text.charCodeAt(from) === NEWLINE) continue;
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(from, end).trim();
    if (line !== '') lines.push(line);
    from = end;
  }
  return lines;
}

/** What an element is in JSON; undefined if it is none. */
export const jsonOf = (element: Element): unknown =>
  'line' in element ? parse(element.line) : element.json;

/** Undefined, which JSON does not have, stands for what is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const gunzipAsync = promisify(gunzip);

async function unpack(packed: Buffer, bytesMax: number): Promise<Buffer> {
  try {
    return await gunzipAsync(packed, { maxOutputLength: bytesMax });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge ? tooLarge(bytesMax) : badInput('body', 'must be whole and packed with gzip');
  }
}

const tooLarge = (bytesMax: number): PlayheadError =>
  new PlayheadError('PAYLOAD_TOO_LARGE', `the body has more than ${String(bytesMax)} bytes`);
