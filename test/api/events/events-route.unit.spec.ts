import { fastify, type LightMyRequestResponse } from 'fastify';
import { addAuthentication } from '../../../src/api/access/authenticate.js';
import { KeyRing } from '../../../src/api/access/key-ring.js';
import { addEvents } from '../../../src/api/events/events.route.js';
import { plainAnswer, sendPlain } from '../../../src/api/http/answers.js';
import { Admission } from '../../../src/api/limits/admission.js';
import { LagLimit } from '../../../src/api/limits/lag-limit.js';
import { RateLimiter } from '../../../src/api/limits/rate-limiter.js';
import { PositionTokens } from '../../../src/api/position-tokens.js';
import type { BatchReceipt } from '../../../src/api/batch-receipt.js';
import { EdgeContext } from '../../../src/api/context/edge-context.js';
import type { ReportIntake } from '../../../src/api/report-intake.js';
import { PlayheadError, type ErrorCode } from '../../../src/domain/errors.js';
import { SettableClock } from '../../support/settable-clock.js';

const RECEIPT = { accepted: 1, duplicates: 2, conflicting: 0, position: 46 };
const STORED = { accepted: 1, duplicates: 2, conflicting: 0, position: '00000000-1a' };

/** The answer to three events of which this became. */
async function answerTo(
  outcome: () => Promise<BatchReceipt>,
  url = '/events',
): Promise<LightMyRequestResponse> {
  const app = fastify();
  const keyRing = new KeyRing({ ingest: [], read: [], admin: [] });
  const rate = new RateLimiter(undefined, 'events', new SettableClock(0));
  addAuthentication(app, keyRing);
  app.setErrorHandler((error, _request, reply) => {
    sendPlain(reply, plainAnswer(error));
  });
  await addEvents(app, {
    keyRing,
    admission: new Admission(
      { eventsMax: 100, bytesMax: 10_000, arrivingBytesMax: 10_000 },
      rate,
      new LagLimit(undefined, { projections: [] }),
    ),
    intake: { recordAll: outcome } as unknown as ReportIntake,
    tokens: new PositionTokens('00000000'),
    context: new EdgeContext({
      bots: 'drop',
      page: 'path',
      countryHeader: undefined,
      trustProxy: false,
    }),
    bytesMax: 1_000,
  });
  const answer = await app.inject({ method: 'POST', url, payload: [{}, {}, {}] });
  await app.close();
  return answer;
}

const failedFor = (code: ErrorCode) => ({
  failed: [1],
  failures: [{ code, message: 'not stored', failed: [1] }],
});
const failing = (code: ErrorCode) => (): Promise<BatchReceipt> =>
  Promise.resolve({
    ...RECEIPT,
    failure: {
      error: new PlayheadError(code, 'not stored'),
      ...failedFor(code),
    },
  });

test.each([
  ['STORE_UNAVAILABLE', 503, '1'],
  ['CONFLICT', 409, undefined],
  ['BAD_USER_INPUT', 400, undefined],
] as const)(
  'events of which some could not be stored are answered with what was, and %s',
  async (code, status, retryAfter) => {
    const answer = await answerTo(failing(code));
    expect([answer.statusCode, answer.json()]).toEqual([
      status,
      { code, message: 'not stored', extensions: { ...STORED, ...failedFor(code) } },
    ]);
    expect(answer.headers.position).toBe(STORED.position);
    expect(answer.headers['retry-after']).toBe(retryAfter);
  },
);

test('events that are stored are answered with their highest position', async () => {
  const answer = await answerTo(() => Promise.resolve(RECEIPT));
  expect([answer.statusCode, answer.json()]).toEqual([202, STORED]);
  expect(answer.headers.position).toBe(STORED.position);
});

test('events stored in part are answered with what is wrong with the others', async () => {
  const errors = [{ index: 0, code: 'BAD_USER_INPUT', message: 'bad' }];
  const answer = await answerTo(() => Promise.resolve({ ...RECEIPT, errors }), '/events?partial=1');
  expect([answer.statusCode, answer.json()]).toEqual([202, { ...STORED, errors }]);
  const failed = await answerTo(
    async () => ({ ...(await failing('CONFLICT')()), errors }),
    '/events?partial=1',
  );
  expect([failed.statusCode, failed.json()]).toEqual([
    409,
    {
      ...{ code: 'CONFLICT', message: 'not stored', errors },
      extensions: { ...STORED, ...failedFor('CONFLICT') },
    },
  ]);
});

test('what should not fail is answered without saying how it did', async () => {
  const answer = await answerTo(() => Promise.reject(new TypeError('disk /dev/sda is on fire')));
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([500, 'INTERNAL']);
  expect(answer.body).not.toContain('fire');
});
