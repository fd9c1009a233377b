import type { Server } from '../../dashboard/api/schema.js';
import { compared, server, sinceWhen } from '../../dashboard/api/server.js';

const FIRST = '2026-11-16T13:41:00Z';
const known = { firstEventAt: FIRST, retentionDays: null } as Server;
const period = (from: string, to: string) => ({ from, to, completeUntil: to });

describe('the period that figures are compared with', () => {
  it.each([
    ['lies after the first event', '2026-11-16T23:00:00Z', '2026-11-23T12:00:00Z', undefined],
    ['begins before it', '2026-11-10T00:00:00Z', '2026-11-17T00:00:00Z', false],
    ['is over by then', '2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z', true],
  ])('%s', (_, from, to, isNone) => {
    server.value = known;
    compared.value = period(from, to);
    expect(sinceWhen.value).toEqual(
      isNone === undefined ? undefined : { beginMs: Date.parse(FIRST), isNone },
    );
  });

  it('is not all there where some of it is forgotten', () => {
    server.value = { ...known, firstEventAt: '2019-01-01T00:00:00Z', retentionDays: 30 };
    compared.value = period('2020-01-01T00:00:00Z', '2020-02-01T00:00:00Z');
    expect(sinceWhen.value?.isNone).toBe(true);
    expect(sinceWhen.value?.beginMs).toBeGreaterThan(Date.parse('2020-02-01T00:00:00Z'));
    compared.value = null;
    expect(sinceWhen.value).toBeUndefined();
  });
});
