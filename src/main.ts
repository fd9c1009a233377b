import { FolderInUse } from './adapters/sqlite/folder-lock.js';
import { announce, createLogger } from './composition/logging.js';
import { startServer, type RunningServer } from './composition/server.js';
import { BadConfig, readConfig, type Config } from './config.js';
import { SECOND_MS } from './domain/time.js';

/** Exit statuses of sysexits.h. */
const EX_UNAVAILABLE = 69;
const EX_CONFIG = 78;

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/** By name, since what is not used is not loaded. */
const FAULTS_OF_SETTINGS: ReadonlySet<string> = new Set([
  'BadEventStoreUrl',
  'EventStoreDenied',
  'NewerSchema',
  'UnfitMongo',
  'WrongPrefix',
  'WrongViewerSecret',
]);

/** Why a start failed, in a line, and with which status. */
function explain(error: unknown, config: Config): { message: string; status: number } {
  const { host, port } = config;
  if (isCode(error, 'EADDRINUSE')) {
    const message = `port ${String(port)} on ${host} is taken: set PORT, or PORT=0 for a free one`;
    return { message, status: EX_UNAVAILABLE };
  }
  if (error instanceof FolderInUse) return { message: error.message, status: EX_UNAVAILABLE };
  const isSetting = error instanceof Error && FAULTS_OF_SETTINGS.has(error.name);
  const message = error instanceof Error ? error.message : String(error);
  return { message, status: isSetting ? EX_CONFIG : EX_UNAVAILABLE };
}

function fail(message: string, status: number): never {
  process.stderr.write(`playhead: ${message}\n`);
  process.exit(status);
}

function configOrFail(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof BadConfig)
      fail(`wrong settings:\n  ${error.faults.join('\n  ')}`, EX_CONFIG);
    throw error;
  }
}

/** One Ctrl-C may arrive twice, from the terminal and passed on by npm: it counts as one. */
const SAME_SIGNAL_MS = 200;

/** The first signal ends in order, within the grace period; a second one at once. */
function stopOnSignals(server: RunningServer, graceSeconds: number): void {
  let stoppingSince: number | undefined;
  const onSignal = (): void => {
    if (stoppingSince !== undefined) {
      if (Date.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppingSince = Date.now();
    setTimeout(() => {
      fail(`did not end within ${String(graceSeconds)} s`, 1);
    }, graceSeconds * SECOND_MS).unref();
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        fail(`did not end in order: ${String(error)}`, 1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

const config = configOrFail();
const logger = createLogger(config.logLevel);
try {
  const server = await startServer(config, logger);
  stopOnSignals(server, config.shutdownGraceSeconds);
  for (const warning of server.warnings) logger.warn(warning);
  announce(logger, `listening on ${server.url}`);
} catch (error) {
  const { message, status } = explain(error, config);
  fail(message, status);
}
