import { explainFailure, fail } from '../composition/start-failure.js';
import { Interrupted } from '../composition/startup-wait.js';
import type { Config } from '../config.js';
import { SECOND_MS } from '../domain/time.js';
import { announce, createLogger, logWarnings } from './logging.js';
import { startServer } from './server.js';

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

/** One Ctrl-C may arrive twice, from the terminal and by npm: within this time it counts once. */
const SAME_SIGNAL_MS = 200;

/** Says whether a part of the program was not loaded: launch.cjs tells the reason. */
const isOfLoading = (error: unknown): boolean =>
  /^(EMFILE|ENFILE|(ERR_)?MODULE_NOT_FOUND)$/.test(
    String((Object(error) as { readonly code?: unknown }).code),
  );

/** Starts a server, and serves until a signal ends the process; a start that fails ends it. */
export async function serve(config: Config): Promise<void> {
  const logger = await createLogger(config.logLevel);
  logWarnings(logger);
  const interruption = new AbortController();
  /** Fails, but not for an interruption: the code that interrupted ends the process. */
  const endOf = (error: unknown): undefined => {
    if (isOfLoading(error)) throw error;
    if (!(error instanceof Interrupted)) fail(explainFailure(error, config));
  };
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
}
