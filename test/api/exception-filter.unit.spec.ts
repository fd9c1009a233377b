import { NotFoundException, ServiceUnavailableException, type ArgumentsHost } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ExceptionFilter } from '../../src/api/exception.filter.js';
import { PlayheadError } from '../../src/domain/errors.js';

interface Sent {
  status?: number;
  body?: unknown;
  readonly headers: Record<string, unknown>;
}

/** What an exception is answered with. */
function answerTo(exception: unknown): Sent {
  const sent: Sent = { headers: {} };
  const reply = {
    code: (status: number) => {
      sent.status = status;
      return reply;
    },
    header: (name: string, value: unknown) => {
      sent.headers[name] = value;
      return reply;
    },
    send: (body: unknown) => {
      sent.body = body;
      return reply;
    },
  };
  const host = {
    getType: () => 'http',
    switchToHttp: () => ({ getResponse: () => reply as unknown as FastifyReply }),
  };
  new ExceptionFilter().catch(exception, host as unknown as ArgumentsHost);
  return sent;
}

interface Part {
  readonly status: string;
  readonly message?: string;
  readonly reason?: string;
}
type Parts = Readonly<Record<string, Part>>;

const report = (error: Parts): object => ({
  status: 'error',
  info: {},
  error,
  details: error,
});

describe('what is not ready is answered like any other error', () => {
  const down = (message: string): Part => ({ status: 'down', message });
  const outOfReach = { ...down('out of reach'), reason: 'connection refused' };
  const cases: readonly (readonly [string, string, Parts])[] = [
    ['a store', 'STORE_UNAVAILABLE', { eventStore: outOfReach }],
    ['the read models’ store', 'STORE_UNAVAILABLE', { readModels: outOfReach }],
    ['a read model', 'READ_MODEL_BEHIND', { readModels: down('sessions is stopped') }],
    ['a server that ends', 'STORE_UNAVAILABLE', { server: down('shutting down') }],
  ];
  test.each(cases)('%s', (_, code, parts) => {
    const { status, body, headers } = answerTo(new ServiceUnavailableException(report(parts)));
    const [[part, { message = '' }] = ['', {}]] = Object.entries(parts);
    const told = { code, message: `not ready: ${part} ${message}`, ...report(parts) };
    expect([status, body]).toEqual([503, told]);
    expect(headers['retry-after']).toBe(1);
  });
});

test('an error of the catalogue, and one of Nest, have their codes', () => {
  const refusal = answerTo(new PlayheadError('FORBIDDEN', 'this takes a read key'));
  expect(refusal).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  expect(answerTo(new NotFoundException('Cannot GET /x'))).toMatchObject({
    status: 404,
    body: { code: 'NOT_FOUND', message: 'there is nothing here' },
  });
});
