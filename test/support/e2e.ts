import { ApiClient } from './api-client.js';
import { startServer, type Environment, type TestServer } from './server.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

/** A server for the tests of one file, on a folder of its own that is removed at the end. */
export interface ServerUnderTest {
  readonly server: TestServer;
  /** A client that reads its own writes. */
  readonly client: ApiClient;
  /** Another client, which knows of no writes yet. */
  newClient(): ApiClient;
  /** Ends the server in order and starts it again on the same folder. */
  restart(): Promise<void>;
}

/**
 * Starts a server before the tests of a file, and ends it after them; its settings may be such as
 * are known only then.
 */
export function withServer(environment: Environment | (() => Environment) = {}): ServerUnderTest {
  const dataDir = temporaryFolder();
  const running: { server?: TestServer; client?: ApiClient } = {};
  const start = async (): Promise<void> => {
    const settings = typeof environment === 'function' ? environment() : environment;
    running.server = await startServer(dataDir, settings);
    running.client = new ApiClient(running.server.url);
  };
  beforeAll(start);
  afterAll(async () => {
    await running.server?.stop();
    removeFolder(dataDir);
  });
  const server = (): TestServer => {
    if (running.server === undefined) throw new Error('the server has not started');
    return running.server;
  };
  return {
    get server() {
      return server();
    },
    get client() {
      if (running.client === undefined) throw new Error('the server has not started');
      return running.client;
    },
    newClient: () => new ApiClient(server().url),
    restart: async () => {
      const status = await server().stop();
      if (status !== 0) throw new Error(`the server ended with ${String(status)}`);
      await start();
    },
  };
}

export const MEBIBYTE = 2 ** 20;
export const GIBIBYTE = 2 ** 30;

const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A time as the API takes and gives it. */
export const iso = (timeMs: number): string => new Date(timeMs).toISOString();

/** The start of the UTC hour that lies so many hours back. */
export const hoursAgo = (hours: number): number =>
  (Math.floor(Date.now() / HOUR_MS) - hours) * HOUR_MS;
