import type { FiguresReport, Server } from '../../dashboard/api/schema.js';
import { compared, server, sinceWhen } from '../../dashboard/api/server.js';
import { notesOf } from '../../dashboard/figures/notes.js';

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

  it('is named among the times of figures only where something was recorded in it', () => {
    server.value = known;
    const told = (from: string, to: string): readonly string[] => {
      const previousPeriod = (compared.value = period(from, to));
      const figures = { anonymousViews: 0, viewsWithoutStates: 0, open: 0 };
      const report = { figures, sampled: 1, previousPeriod, period: period(to, FIRST) };
      return notesOf(report as unknown as FiguresReport, 'UTC').map(({ text }) => text);
    };
    const since = 'Nothing is recorded before 16 Nov 2026, 13:41:00: ';
    expect(told('2026-11-10T00:00:00Z', '2026-11-17T00:00:00Z')).toEqual([
      expect.stringContaining('compared with 10 Nov 2026'),
      `${since}the period before is not all there.`,
    ]);
    expect(told('2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z')).toEqual([
      '1 Nov 2026, 00:00 to 16 Nov 2026, 13:41.',
      `${since}there is nothing to compare with.`,
    ]);
  });
});
