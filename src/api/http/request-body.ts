import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { badInput, PlayheadError } from '../../domain/errors.js';
import type { Admitted } from '../limits/admission.js';

/** Reads a body and unpacks it; it never holds more bytes than the limit. */
export async function readBody(
  message: IncomingMessage,
  { isPacked }: BodyKind<unknown>,
  bytesMax: number,
  place: Admitted,
): Promise<Buffer> {
  const sent = await readSent(message, bytesMax, place);
  const bytes = isPacked ? await place.alone(() => unpack(sent, bytesMax)) : sent;
  place.addBytes(bytes.length);
  return bytes;
}

/** The bytes that may stand around a body's chunks beyond as many as are in them. */
const AROUND_BYTES_MAX = 2 ** 17;

/** The way to read a body, as its headers state it. */
export interface BodyKind<Form> {
  readonly form: Form;
  readonly isPacked: boolean;
}

const CHARSETS = ['utf-8', 'utf8', 'us-ascii'];
const PACKED = ['gzip', 'x-gzip'];

/**
 * Reads the headers of a body. `formOfType` names the form for each accepted media type. Throws
 * UNSUPPORTED_MEDIA_TYPE or PAYLOAD_TOO_LARGE.
 */
export function kindOf<Form>(
  { headers }: IncomingMessage,
  formOfType: Readonly<Record<string, Form>>,
  bytesMax: number,
): BodyKind<Form> {
  const [type = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const form = Object.hasOwn(formOfType, type) ? formOfType[type] : undefined;
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const isKnown = charset === undefined || CHARSETS.includes(charset.slice(8).replaceAll('"', ''));
  if (form === undefined || !isKnown) {
    const types = Object.keys(formOfType).join(', ');
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

/** Leaves the bodies of some routes unread, for their handlers to read when there is room. */
export function leaveBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _body, done) => {
    done(null);
  });
}

async function readSent(
  message: IncomingMessage,
  bytesMax: number,
  place: Admitted,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of chunksOf(message)) {
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

/**
 * Yields what comes of a body. Throws PAYLOAD_TOO_LARGE for chunks so small that there is more
 * around them than in them: each costs CPU and memory, also one of a single byte.
 */
export async function* chunksOf(message: IncomingMessage): AsyncGenerator<Buffer, void> {
  const { socket } = message;
  const before = socket.bytesRead;
  let length = 0;
  // What is refused half-way is still answered: the connection stays.
  for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    const around = socket.bytesRead - before - length;
    // Behind a body that is whole, other requests may have been read.
    if (!message.complete && around > length + AROUND_BYTES_MAX) throw tooManyChunks();
    yield chunk;
  }
}

const tooManyChunks = (): PlayheadError =>
  new PlayheadError('PAYLOAD_TOO_LARGE', 'the body comes in too many chunks of a few bytes');

/** Returns the text of a body; throws BAD_USER_INPUT if it is not valid text. */
export function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw badInput('body', 'must be UTF-8');
  }
}

const NEWLINE = 10;

/** Returns the lines of a text that are not blank. A million blank lines cost next to nothing. */
export function linesOf(text: string): readonly string[] {
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
