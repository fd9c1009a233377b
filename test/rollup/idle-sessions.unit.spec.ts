import { jest } from '@jest/globals';
import { EndIdleSessionCommand } from '../../src/commands/end-idle-session.command.js';
import { EndIdleSessionHandler } from '../../src/commands/end-idle-session.handler.js';
import { PlaybackStreams } from '../../src/commands/playback-streams.js';
import { PlayheadError } from '../../src/domain/errors.js';
import type { ReportFields } from '../../src/api/report-fields.js';
import { HOUR_MS } from '../../src/domain/time.js';
import { testIdentity, testNames } from '../support/test-log.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';

const newServer = memoryServers();
const TIMEOUT_MS = 300_000;

/** Starts sessions with the names given, all at the same moment. */
const startSessions = async (server: MemoryServer, names: readonly string[]): Promise<void> => {
  const start = (sessionId: string): ReportFields => ({
    mediaId: 'm1',
    sessionId,
    eventType: 'SESSION_START',
  });
  await server.record(...names.map(start));
  await server.settled();
};

const namesOf = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(4, '0')}`);

/** The sessions that a run asked to be ended. */
async function rolledUp(server: MemoryServer) {
  const { commandBus, rollup, leftOver, logged } = server.parts;
  const before = commandBus.messages.length;
  const { sessionsTimedOut } = await rollup.run(HOUR_MS);
  await server.settled();
  const asked = commandBus.messages
    .slice(before)
    .flatMap((one) => (one instanceof EndIdleSessionCommand ? [one.sessionId] : []));
  return { sessionsTimedOut, asked, leftOver: leftOver.at(-1), logged: logged.splice(0) };
}

/** Lets the end of some sessions fail. */
function failFor(server: MemoryServer, isBad: (sessionId: string) => boolean): void {
  const { commandBus, eventStore, clock } = server.parts;
  const streams = new PlaybackStreams(eventStore, clock, testIdentity, testNames);
  const handler = new EndIdleSessionHandler(streams);
  commandBus.register(EndIdleSessionCommand, {
    execute: (command) =>
      isBad(command.sessionId)
        ? Promise.reject(new PlayheadError('INTERNAL', 'the session cannot be read'))
        : handler.execute(command),
  });
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a rollup with more idle sessions than a page', () => {
  it('ends all of them in one run, and asks for each once', async () => {
    const server = await newServer();
    await startSessions(server, namesOf('s', 1_200));
    await startSessions(server, namesOf('t', 900));
    server.clock.advance(TIMEOUT_MS);
    const run = await rolledUp(server);
    expect(run).toMatchObject({ sessionsTimedOut: 2_100, leftOver: 0, logged: [] });
    expect([run.asked.length, new Set(run.asked).size]).toEqual([2_100, 2_100]);
    expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 0, asked: [] });
  });

  it('ends one page although no time is left, and goes on there the next time', async () => {
    const server = await newServer();
    await startSessions(server, namesOf('s', 2_500));
    server.clock.advance(TIMEOUT_MS);
    const now = jest.spyOn(performance, 'now');
    let ms = 0;
    // Each question finds an hour gone: no run has time for a second page.
    now.mockImplementation(() => (ms += HOUR_MS));
    expect(await rolledUp(server)).toMatchObject({
      sessionsTimedOut: 1_000,
      leftOver: 1_500,
      logged: [expect.stringMatching(/did not suffice for: 1500;/)],
    });
    expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 1_000, leftOver: 500 });
    expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 500, leftOver: 0 });
  });
});

describe('sessions that a rollup cannot end', () => {
  it('do not end the run, nor hold up the others, and are said', async () => {
    const server = await newServer();
    await startSessions(server, namesOf('bad', 1_100));
    server.clock.advance(1);
    await startSessions(server, namesOf('good', 10));
    server.clock.advance(TIMEOUT_MS);
    failFor(server, (sessionId) => sessionId.startsWith('bad'));
    expect(await rolledUp(server)).toMatchObject({
      sessionsTimedOut: 10,
      leftOver: 0,
      logged: [expect.stringMatching(/could not be ended: 1100;.*cannot be read/)],
    });
  });

  it('do not go first again where the time did not suffice for the others', async () => {
    const server = await newServer();
    await startSessions(server, namesOf('bad', 1_000));
    server.clock.advance(1);
    await startSessions(server, namesOf('good', 10));
    server.clock.advance(TIMEOUT_MS);
    failFor(server, (sessionId) => sessionId.startsWith('bad'));
    let ms = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => (ms += HOUR_MS));
    expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 0, leftOver: 10 });
    expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 10, leftOver: 0 });
    failFor(server, () => false);
    expect(await rolledUp(server)).toMatchObject({ sessionsTimedOut: 1_000 });
  });

  it('are passed over where they are not idle after all', async () => {
    const server = await newServer();
    const awake = namesOf('awake', 1_000);
    await startSessions(server, awake);
    server.clock.advance(1);
    await startSessions(server, ['idle']);
    server.clock.advance(TIMEOUT_MS);
    // The read model has not seen yet that they go on.
    await server.parts.projections.stop();
    await server.record(
      ...awake.map((sessionId) => ({
        mediaId: 'm1',
        sessionId,
        eventType: 'HEARTBEAT' as const,
      })),
    );
    const { rollup } = server.parts;
    expect(await rollup.run(HOUR_MS)).toMatchObject({ sessionsTimedOut: 1 });
  });
});
