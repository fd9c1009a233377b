import { SchedulerRegistry } from '@nestjs/schedule';
import { SESSION } from '../../src/domain/figures/session-places.js';
import { MemoryLease } from '../../src/adapters/read-model/memory/memory-lease.js';
import { AdministerProjectionCommand } from '../../src/commands/administer-projection.command.js';
import { EndIdleSessionCommand } from '../../src/commands/end-idle-session.command.js';
import type { ReportFields } from '../../src/api/report-fields.js';
import type { SessionRow } from '../../src/domain/figures/session-row.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import { IdleSessionsQuery } from '../../src/queries/idle-sessions.query.js';
import { RollupWindowQuery } from '../../src/queries/rollup-window.query.js';
import { RollupService, type RollupSettings } from '../../src/rollup/rollup.service.js';
import { DirectBus } from '../support/direct-bus.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';
import { documentsOf } from '../support/memory-projections.js';
import { NOON } from '../support/playback.js';
import { SettableClock } from '../support/settable-clock.js';

const newServer = memoryServers();
const TIMEOUT_MS = 300_000;

const report = (
  eventType: ReportFields['eventType'],
  more: Partial<ReportFields> = {},
): ReportFields => ({ mediaId: 'm1', sessionId: 's1', eventType, ...more });

async function rolledUp(server: MemoryServer, windowMs = HOUR_MS) {
  await server.settled();
  const result = await server.parts.rollup.run(windowMs);
  await server.settled();
  return result;
}

async function openSessions(server: MemoryServer): Promise<readonly SessionRow[]> {
  const documents = Object.entries(await documentsOf(server.parts.readModels, 'sessions'));
  const rows = documents.filter(([key]) => SESSION.has(key)).map(([, row]) => row as SessionRow);
  return rows.filter((row) => row.endReason === '');
}

async function lastEvent(server: MemoryServer) {
  const { events } = await server.parts.eventStore.readAll((await server.head()) - 1, 1);
  return events[0];
}

describe('a rollup', () => {
  it('ends a session without a record for the timeout, at its last event', async () => {
    const server = await newServer();
    await server.record(report('SESSION_START'));
    server.clock.advance(MINUTE_MS);
    await server.record(report('HEARTBEAT', { occurredAt: NOON + 30_000 }));
    server.clock.advance(TIMEOUT_MS);
    const { sessionsTimedOut, position } = await rolledUp(server);
    expect([sessionsTimedOut, position]).toEqual([1, await server.head()]);
    expect(await lastEvent(server)).toMatchObject({
      type: 'session_end',
      recordedAt: NOON + MINUTE_MS + TIMEOUT_MS,
      data: { reason: 'TIMEOUT', occurredAt: NOON + 30_000, sessionId: 's1' },
    });
    expect(await openSessions(server)).toEqual([]);
  });

  it('leaves a session alone for which the timeout is not yet over', async () => {
    const server = await newServer();
    await server.record(report('SESSION_START'));
    server.clock.advance(TIMEOUT_MS - 1);
    expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 0 });
    server.clock.advance(1);
    expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 1 });
    server.clock.advance(DAY_MS);
    expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 0 });
  });

  it('goes by what was recorded, so that late reports keep a session open', async () => {
    const server = await newServer();
    await server.record(report('SESSION_START', { occurredAt: NOON - 10 * DAY_MS }));
    expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 0 });
  });

  it('leaves a session alone that recorded something meanwhile', async () => {
    const server = await newServer();
    await server.record(report('SESSION_START'), report('SESSION_START', { sessionId: 's2' }));
    await server.settled();
    server.clock.advance(TIMEOUT_MS);
    const idleSince = server.clock.now() - TIMEOUT_MS;
    const idle = await server.query(new IdleSessionsQuery(idleSince, 10));
    expect(idle).toHaveLength(2);
    // It is read as idle, and then goes on before the command comes.
    await server.record(report('HEARTBEAT'));
    const ended = await Promise.all(
      idle.map(({ mediaId, sessionId }) =>
        server.command(new EndIdleSessionCommand(mediaId, sessionId, idleSince)),
      ),
    );
    expect(ended.filter(({ isEnded }) => isEnded)).toHaveLength(1);
    await server.settled();
    expect(await openSessions(server)).toMatchObject([{ sessionId: 's1' }]);
  });

  it('changes no number but for the sessions that are open', async () => {
    const server = await newServer();
    await server.record(
      report('SESSION_START', { quality: '1080p', duration: 5, bytesLoaded: 1_000, userId: 'u' }),
    );
    server.clock.advance(TIMEOUT_MS);
    const numbers = async () => [
      await server.analytics('m1'),
      await server.popular('DAY'),
      await server.bandwidth('DAY'),
    ];
    const before = await numbers();
    expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 1 });
    expect(await numbers()).toEqual(before);
  });

  it('ends a session again that was reopened', async () => {
    const server = await newServer();
    await server.record(report('SESSION_START'));
    for (let round = 0; round < 2; round += 1) {
      server.clock.advance(TIMEOUT_MS);
      expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 1 });
      await server.record(report('HEARTBEAT'));
    }
    await server.settled();
    expect(await openSessions(server)).toHaveLength(1);
  });

  it('totals the window that ends now, in whole minutes', async () => {
    const server = await newServer({ now: NOON + 45_678 });
    await server.record(
      report('SESSION_START', { bytesLoaded: 100 }),
      report('SESSION_START', { sessionId: 's2', mediaId: 'm2', bytesLoaded: 10 }),
      report('SESSION_START', { sessionId: 's3', occurredAt: NOON - 2 * HOUR_MS, bytesLoaded: 1 }),
    );
    expect(await rolledUp(server, 90_000)).toMatchObject({
      windowStart: NOON - MINUTE_MS,
      windowEnd: NOON + 45_678,
      mediaCount: 2,
      views: 2,
      bytes: 110,
    });
    expect(await rolledUp(server, DAY_MS)).toMatchObject({ mediaCount: 2, views: 3, bytes: 111 });
  });
});

describe('retention', () => {
  it('forgets what is older than it by 32 days, and nothing else', async () => {
    const server = await newServer({ retentionDays: 1 });
    await server.record(report('SESSION_START', { bytesLoaded: 5 }));
    await server.settled();
    const bandwidthHours = async () =>
      Object.keys(await documentsOf(server.parts.readModels, 'bandwidth')).length;
    // The bucket of an hour is over when the next hour begins.
    server.clock.set(NOON + HOUR_MS + 33 * DAY_MS);
    await rolledUp(server);
    expect(await bandwidthHours()).toBe(1);
    server.clock.advance(1);
    await rolledUp(server);
    expect(await bandwidthHours()).toBe(0);
    expect(await server.stream('m1')).toMatchObject({ createdAt: NOON });
    expect(await server.head()).toBe(3);
  });

  it('keeps everything where none is set', async () => {
    const server = await newServer();
    await server.record(report('SESSION_START', { bytesLoaded: 5 }));
    await server.settled();
    server.clock.advance(1_000 * DAY_MS);
    await rolledUp(server);
    const { messages } = server.parts.commandBus;
    expect(messages.some((message) => message instanceof AdministerProjectionCommand)).toBe(false);
    expect(Object.keys(await documentsOf(server.parts.readModels, 'bandwidth'))).toHaveLength(1);
  });
});

describe('two rollups at the same time', () => {
  it('run one after the other, so that a session is ended once', async () => {
    const server = await newServer();
    await server.record(report('SESSION_START'));
    await server.settled();
    server.clock.advance(TIMEOUT_MS);
    const { rollup } = server.parts;
    const reports = await Promise.all([rollup.run(HOUR_MS), rollup.run(HOUR_MS)]);
    const ended = reports.reduce((sum, { sessionsTimedOut }) => sum + sessionsTimedOut, 0);
    expect(ended).toBe(1);
    expect(await server.head()).toBe(3);
  });

  it('do not overlap', async () => {
    const { service, steps } = fakes();
    await Promise.all([service.run(HOUR_MS), service.run(MINUTE_MS)]);
    expect(steps).toEqual([
      ...['idle', 'idle over', 'left over 0', 'window 60'],
      ...['idle', 'idle over', 'left over 0', 'window 1'],
    ]);
  });

  it('do not share a failure', async () => {
    const { service, failures } = fakes();
    failures.push('idle');
    const [first, second] = await Promise.allSettled([service.run(HOUR_MS), service.run(HOUR_MS)]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  });
});

describe('the schedule', () => {
  it('has one job, that runs the rollup and logs what it did', async () => {
    const { service, scheduler, logged, steps } = fakes({ cron: '0 0 1 1 *' });
    service.onApplicationBootstrap();
    const job = scheduler.getCronJob('rollup');
    try {
      await job.fireOnTick();
    } finally {
      await job.stop();
    }
    expect(steps).toEqual(['idle', 'idle over', 'left over 0', 'window 60']);
    expect(logged).toEqual(['debug rollup: 0 sessions ended, 3 views']);
  });

  it('logs a failure, and goes on', async () => {
    const { service, scheduler, logged, failures } = fakes({ cron: '0 0 1 1 *' });
    service.onApplicationBootstrap();
    const job = scheduler.getCronJob('rollup');
    failures.push('idle');
    try {
      await job.fireOnTick();
      await job.fireOnTick();
    } finally {
      await job.stop();
    }
    expect(logged[0]).toMatch(/^error rollup failed, the next run tries again: .*idle failed/);
    expect(logged[1]).toMatch(/^debug/);
  });

  it('has none where no time is set', () => {
    const { service, scheduler } = fakes();
    service.onApplicationBootstrap();
    expect(scheduler.getCronJobs().size).toBe(0);
  });
});

/** The service on buses that note what is asked of them, step by step. */
function fakes(settings: Partial<RollupSettings> = {}) {
  const steps: string[] = [];
  const failures: string[] = [];
  const logged: string[] = [];
  const idle = async () => {
    steps.push('idle');
    await new Promise((resolve) => setImmediate(resolve));
    steps.push('idle over');
    if (failures.pop() === 'idle') throw new Error('idle failed');
    return [];
  };
  const window = ({ minutes }: RollupWindowQuery) => {
    steps.push(`window ${String(minutes)}`);
    const totals = { windowStart: 0, windowEnd: 0, mediaCount: 1, views: 3, bytes: 5 };
    return Promise.resolve(totals);
  };
  const queries = new DirectBus()
    .register(IdleSessionsQuery, { execute: idle })
    .register(RollupWindowQuery, { execute: window });
  const scheduler = new SchedulerRegistry();
  const service = new RollupService(
    new DirectBus().asCommandBus(),
    queries.asQueryBus(),
    scheduler,
    new SettableClock(NOON),
    {
      cron: undefined,
      sessionTimeoutSeconds: 300,
      retentionDays: undefined,
      requestTimeoutSeconds: 30,
      ...settings,
    },
    {
      lease: new MemoryLease(new SettableClock(NOON)),
      log: {
        debug: (message) => void logged.push(`debug ${message}`),
        warn: (message) => void logged.push(`warn ${message}`),
        error: (message) => void logged.push(`error ${message}`),
      },
      telemetry: { leftOver: (sessions) => void steps.push(`left over ${String(sessions)}`) },
    },
  );
  return { service, scheduler, steps, failures, logged };
}
