import { announce, createLogger, logWarnings } from './composition/logging.js';
import { startServer, type RunningServer } from './composition/server.js';
import { explainSettings, explainFailure, type StartFailure } from './composition/start-failure.js';
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

/** One Ctrl-C may arrive twice, from the terminal and passed on by npm: it counts as one. */
const SAME_SIGNAL_MS = 200;

/** The first signal ends in order, within the grace period; a second one at once. */
function stopOnSignals(server: RunningServer, config: Config): void {
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
    server.stop().then(
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
try {
  const server = await startServer(config, logger);
  stopOnSignals(server, config);
  for (const warning of server.warnings) logger.warn(warning);
  announce(logger, `listening on ${server.url}`);
} catch (error) {
  fail(explainFailure(error, config));
}
