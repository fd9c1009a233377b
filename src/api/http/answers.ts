import { STATUS_CODES } from 'node:http';
import { HttpException, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PlayheadError, type ErrorCode } from '../../domain/errors.js';
import { codeOfStatus, HTTP_STATUS } from './http-status.js';
import { publicMessage } from './public-message.js';
import { noteStoreFailure } from './store-failures.js';

/** The answer to an error in plain JSON. */
export interface PlainAnswer {
  readonly status: number;
  readonly body: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly [detail: string]: unknown;
  };
}

const log = new Logger('HTTP');

/** Makes the answer to an error, and logs the parts of it that are not meant for the client. */
export function plainAnswer(error: unknown): PlainAnswer {
  if (error instanceof PlayheadError && error.code !== 'INTERNAL') {
    noteStoreFailure(error);
    const { code, message, details } = error;
    return { status: HTTP_STATUS[code], body: { code, message, ...details } };
  }
  const status = statusOf(error);
  const code = status === undefined ? 'INTERNAL' : codeOfStatus(status);
  if (status === undefined || code === 'INTERNAL') log.error(traceOf(error));
  const message = publicMessage(code, error instanceof Error ? error.message : '');
  return { status: status ?? HTTP_STATUS.INTERNAL, body: { code, message } };
}

/** Answers an error as plain JSON. */
export function sendPlain(reply: FastifyReply, { status, body }: PlainAnswer): void {
  addAnswerHeaders(reply, status, body);
  void reply.code(status).send(body);
}

/**
 * Makes an answer as bytes that end their connection, for data that never became a request. Pages
 * of every origin may read it: it says nothing but what was wrong, and the path is not known.
 */
export function rawAnswer(error: PlayheadError, status: number): string {
  const body = JSON.stringify(plainAnswer(error).body);
  const head = [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${String(Buffer.byteLength(body))}`,
    'access-control-allow-origin: *',
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** The Retry-After of an answer whose error does not state it. */
const RETRY_AFTER_SECONDS = 1;

/** Adds the headers that a status needs: Retry-After, WWW-Authenticate or Allow. */
export function addAnswerHeaders(
  reply: FastifyReply,
  status: number,
  details: Readonly<Record<string, unknown>> = {},
): void {
  if (status === HTTP_STATUS.UNAUTHENTICATED) reply.header('www-authenticate', 'Bearer');
  if (status === HTTP_STATUS.METHOD_NOT_ALLOWED && Array.isArray(details.allow)) {
    reply.header('allow', details.allow.join(', '));
  }
  if (status === HTTP_STATUS.RATE_LIMITED || status === HTTP_STATUS.OVERLOADED) {
    const { retryAfterSeconds } = details;
    const isStated = typeof retryAfterSeconds === 'number';
    reply.header('retry-after', isStated ? retryAfterSeconds : RETRY_AFTER_SECONDS);
  }
}

/** Returns the status that a library gave its error. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { readonly statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : undefined;
}

function traceOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause);
}
