import { announce, createLogger, logWarnings } from './server/logging.js';
import { startServer } from './server/server.js';
import { explainSettings, explainFailure, type StartFailure } from './composition/start-failure.js';
import { Interrupted } from './composition/startup-wait.js';
import { BadConfig, readConfig, type Config } from './config.js';
import { SECOND_MS } from './domain/time.js';

function fail({ message, status }: StartFailure): never {
  process.stderr.write(`playhead: ${message}\n`);
  process.exit(status);
}

function configOrFail(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof BadConfig) fail(explainSettings(error));
    throw error;
  }
}

/** One Ctrl-C may arrive twice, from the terminal and by npm: within this time it counts once. */
const SAME_SIGNAL_MS = 200;

/**
 * Handles the signals. The first ends the server in order, within the grace period, even during the
 * start; a second one ends it at once.
 */
function stopOnSignals(stop: () => Promise<void>, config: Config): void {
  const graceSeconds = config.shutdownGraceSeconds;
  let stoppingSince: number | undefined;
  const onSignal = (): void => {
    if (stoppingSince !== undefined) {
      if (Date.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppingSince = Date.now();
    setTimeout(() => {
      fail({ message: `did not end within ${String(graceSeconds)} s`, status: 1 });
    }, graceSeconds * SECOND_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        const { message } = explainFailure(error, config);
        fail({ message: `did not end in order: ${message}`, status: 1 });
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

const config = configOrFail();
const logger = createLogger(config.logLevel);
logWarnings(logger);
const interruption = new AbortController();
const starting = startServer(config, logger, interruption.signal);
stopOnSignals(async () => {
  interruption.abort();
  const server = await starting.catch(endOf);
  await server?.stop();
}, config);
try {
  const server = await starting;
  for (const warning of server.warnings) logger.warn(warning);
  announce(logger, `listening on ${server.url}`);
} catch (error) {
  endOf(error);
}

/** Fails, but not for an interruption: the code that interrupted ends the process. */
function endOf(error: unknown): undefined {
  if (!(error instanceof Interrupted)) fail(explainFailure(error, config));
}
