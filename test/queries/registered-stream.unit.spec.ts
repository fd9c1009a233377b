import { RegisterMediaCommand } from '../../src/commands/register-media.command.js';
import { PlayheadError, type ErrorCode } from '../../src/domain/errors.js';
import { HOUR_MS } from '../../src/domain/time.js';
import type { ProjectionControl } from '../../src/ports/projection-control.js';
import type { ReadModelReader } from '../../src/ports/read-model/reader.js';
import { RegisteredStreamQuery } from '../../src/queries/popular-streams.query.js';
import { ReadModels } from '../../src/queries/read-models.js';
import { RegisteredStreamHandler } from '../../src/queries/stream.handler.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';

const newServer = memoryServers();
const description = { title: 'A title', thumbnail: 'https://host/poster.png', durationMs: 1_500 };

const fails = (code: ErrorCode): Promise<never> => Promise.reject(new PlayheadError(code, 'late'));

/** The query on a server whose read models do not get as far as they are asked to. */
function lateHandler(server: MemoryServer, reader: ReadModelReader, code: ErrorCode) {
  const late = { progress: () => [], passed: () => fails(code) } as unknown as ProjectionControl;
  const models = new ReadModels(reader, late, {
    note: () => undefined,
    notePosition: () => undefined,
  });
  const settings = {
    egressPricePerGib: 0,
    retentionDays: undefined,
    scanRowsMax: 1,
    requestMs: 30_000,
    liveWindowMs: 75_000,
  };
  return new RegisteredStreamHandler(models, server.clock, settings);
}

/** Registers a media item and asks for it. */
async function register(server: MemoryServer, words = description): Promise<RegisteredStreamQuery> {
  const command = new RegisterMediaCommand('m1', words);
  const { position, registeredAt } = await server.command(command);
  return new RegisteredStreamQuery({ mediaId: 'm1', description: words, registeredAt }, position);
}

const stored = {
  id: 'm1',
  mediaId: 'm1',
  title: 'A title',
  thumbnail: 'https://host/poster.png',
  duration: 1.5,
};

describe('a media item that was registered', () => {
  it('is answered as it can be read', async () => {
    const server = await newServer();
    await server.record({ mediaId: 'm1', sessionId: 's', eventType: 'SESSION_START' });
    server.clock.advance(HOUR_MS);
    const query = await register(server);
    const stream = await server.query(query);
    expect(stream).toMatchObject({ ...stored, viewCount: 1, createdAt: NOON });
    expect(stream).toEqual(await server.stream('m1'));
  });

  it('is answered with what was stored and the known views where that takes too long', async () => {
    const server = await newServer();
    await server.record({ mediaId: 'm1', sessionId: 's', eventType: 'SESSION_START' });
    await server.settled();
    await server.parts.projections.stop();
    server.clock.advance(HOUR_MS);
    const query = await register(server);
    const late = lateHandler(server, server.parts.readModels, 'READ_MODEL_BEHIND');
    const stream = await late.execute(query);
    expect(stream).toMatchObject({ ...stored, viewCount: 1, createdAt: NOON });
    expect(stream.popularity).toBeGreaterThan(0);
  });

  it('was created when it was registered first, if no read model knows more', async () => {
    const server = await newServer();
    await server.parts.projections.stop();
    await register(server, { ...description, title: 'Another' });
    server.clock.advance(HOUR_MS);
    await register(server);
    server.clock.advance(HOUR_MS);
    // In the same words: nothing is stored.
    const query = await register(server);
    const late = lateHandler(server, server.parts.readModels, 'READ_MODEL_BEHIND');
    const none = { viewCount: 0, popularity: 0, createdAt: NOON };
    expect(await late.execute(query)).toEqual({ ...stored, ...none, quality: 'MEDIUM' });
  });

  it.each(['READ_MODEL_BEHIND', 'STORE_UNAVAILABLE'] as const)(
    'is answered with no views where the read model cannot be read: %s',
    async (code) => {
      const server = await newServer();
      const query = await register(server);
      const reader = { snapshot: () => fails(code) } as unknown as ReadModelReader;
      const none = { viewCount: 0, popularity: 0, createdAt: NOON };
      const stream = await lateHandler(server, reader, 'READ_MODEL_BEHIND').execute(query);
      expect(stream).toEqual({ ...stored, ...none, quality: 'MEDIUM' });
    },
  );

  it('is an error where there is a mistake in the code', async () => {
    const server = await newServer();
    const late = lateHandler(server, server.parts.readModels, 'INTERNAL');
    await expect(late.execute(await register(server))).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
