import type { CommandBus } from '@nestjs/cqrs';
import type { BatchReceipt } from '../../src/api/batch-receipt.js';
import { ReportIntake } from '../../src/api/report-intake.js';
import type { RecordingOutcome } from '../../src/commands/record-streaming-events.command.js';
import { PlayheadError, type ErrorCode } from '../../src/domain/errors.js';
import type { ReportFields } from '../../src/api/report-fields.js';
import { Telemetry } from '../../src/telemetry/telemetry.js';
import { testIdentity } from '../support/test-log.js';
import { NOON } from '../support/playback.js';
import { SettableClock } from '../support/settable-clock.js';

const GOOD: ReportFields = { mediaId: 'm', eventType: 'HEARTBEAT', sessionId: 's' };
const BAD: ReportFields = { ...GOOD, duration: -1 };

const stored: RecordingOutcome = {
  kind: 'recorded',
  eventId: 'e',
  sessionId: 's',
  isDuplicate: false,
  isConflicting: false,
  position: 7,
};
const refused = (code: ErrorCode): RecordingOutcome => ({
  kind: 'refused',
  error: new PlayheadError(code, `said by ${code}`),
});

/** What a batch is answered of whose good reports this became. */
function receiptOf(
  batch: readonly ReportFields[],
  outcomes: readonly RecordingOutcome[],
  isPartial: boolean,
): Promise<BatchReceipt> {
  const bus = { execute: () => Promise.resolve(outcomes) } as unknown as CommandBus;
  const intake = new ReportIntake(bus, new SettableClock(NOON), testIdentity, new Telemetry());
  const form = { name: 'body', lengthMax: 10, read: (fields: ReportFields) => fields, isPartial };
  return intake.recordAll(batch, form);
}

test('in a batch that may be partial, what no try will store is bad like any fault', async () => {
  const outcomes = [refused('BAD_USER_INPUT'), stored];
  const receipt = await receiptOf([GOOD, BAD, GOOD], outcomes, true);
  expect(receipt).toEqual({
    accepted: 1,
    duplicates: 0,
    conflicting: 0,
    position: 7,
    errors: [
      { index: 0, code: 'BAD_USER_INPUT', message: 'said by BAD_USER_INPUT' },
      { index: 1, code: 'BAD_USER_INPUT', message: expect.stringContaining('duration') as string },
    ],
  });
});

test('what another try may store fails such a batch, and only that is named', async () => {
  const outcomes = [refused('BAD_USER_INPUT'), stored, refused('STORE_UNAVAILABLE')];
  const receipt = await receiptOf([BAD, GOOD, GOOD, GOOD], outcomes, true);
  expect(receipt.failure).toMatchObject({ error: { code: 'STORE_UNAVAILABLE' }, failed: [3] });
  expect(receipt.errors?.map(({ index }) => index)).toEqual([0, 1]);
});

test('a batch of which something may be stored at another try is to be sent again', async () => {
  const outcomes = [refused('BAD_USER_INPUT'), stored, refused('STORE_UNAVAILABLE')];
  const receipt = await receiptOf([GOOD, GOOD, GOOD], outcomes, false);
  expect(receipt.failure).toMatchObject({ error: { code: 'STORE_UNAVAILABLE' }, failed: [0, 2] });
  expect(receipt.failure?.failures).toEqual([
    { code: 'BAD_USER_INPUT', message: 'said by BAD_USER_INPUT', failed: [0] },
    { code: 'STORE_UNAVAILABLE', message: 'said by STORE_UNAVAILABLE', failed: [2] },
  ]);
});
