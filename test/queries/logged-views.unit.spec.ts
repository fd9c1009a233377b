import { sessions } from '../../projections/sessions.js';
import { SESSION } from '../../src/domain/figures/session-places.js';
import type { ReportFields } from '../../src/api/report-fields.js';
import { addCounts, NO_COUNTS } from '../../src/domain/figures/figure-counts.js';
import type { SessionRow } from '../../src/domain/figures/session-row.js';
import { playbackSession, type PlaybackCommand } from '../../src/domain/playback-session.js';
import { figuresOf } from '../../src/queries/figures/formulas.js';
import { Story } from '../support/given-when-then.js';
import { memoryServers } from '../support/memory-server.js';
import { end, heartbeat, NOON, report, start } from '../support/playback.js';
import { project } from '../support/project.js';

const newServer = memoryServers();

/** The figures of some sessions, each as the commands of it say. */
function figuresAfter(...all: readonly (readonly PlaybackCommand[])[]) {
  const counts = NO_COUNTS.slice();
  for (const commands of all) {
    const { events } = new Story(playbackSession).given(...commands);
    const documents: Record<string, unknown> = project(sessions, events);
    const row = documents[SESSION.key('m1', 's1', 0)] as SessionRow;
    addCounts(counts, row.counts);
  }
  return figuresOf({ counts }, 0);
}

const isFromCdn = true;
const told = [
  start({ bytes: 25_000_000 }),
  heartbeat({ durationMs: 100_000 }),
  ...[report('buffering'), report('buffering'), end()],
];
const logged = [
  report('delivered', { bytes: 15_000_000 }),
  report('session_start', { isFromCdn }),
  report('heartbeat', { isFromCdn, durationMs: 60_000 }),
  ...[1, 2, 3].map(() => report('buffering', { isFromCdn })),
];
const unseen = [report('delivered', { bytes: 20_000_000 })];

test('what a log shows is in the sums of figures, and in no rate but the bits of what was watched', () => {
  expect(figuresAfter(told, logged, unseen)).toMatchObject({
    ...{ views: 2, viewsWithoutStates: 1, watchTime: 160, stalls: 5, bytes: 60_000_000 },
    ...{ averageWatchTime: 100, completionRate: 1, stallsPerHour: 72, averageMbps: 3 },
  });
  expect(figuresAfter(told)).toMatchObject({ stallsPerHour: 72, averageMbps: 2 });
  expect(figuresAfter(logged)).toMatchObject({
    ...{ averageWatchTime: null, completionRate: null, stallsPerHour: null },
    ...{ rebufferRatio: null, averageMbps: 2 },
  });
  expect(figuresAfter(unseen)).toMatchObject({ bytes: 20_000_000, averageMbps: null });
});

test('streamingAnalytics takes a view of a log for one like any other', async () => {
  const server = await newServer({ now: NOON });
  const of = (eventType: ReportFields['eventType'], more: Partial<ReportFields>) => ({
    ...{ mediaId: 'm1', eventType, ...more },
  });
  const log = { sessionId: 'b', fromCdn: true };
  await server.record(
    of('SESSION_START', { sessionId: 'a', duration: 100 }),
    of('SESSION_END', { sessionId: 'a' }),
    of('SESSION_START', log),
    of('HEARTBEAT', { ...log, duration: 60 }),
  );
  expect(await server.analytics('m1')).toMatchObject({
    ...{ totalViews: 2, averageWatchTime: 80, completionRate: 0.5 },
  });
});
