import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { periodsCut } from '../queries/query-settings.js';
import { checkAddress } from '../composition/address.js';
import { openCountries } from '../composition/countries.js';
import { openStoresInTime } from '../composition/startup-wait.js';

/** A server that takes requests. */
export interface RunningServer {
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Warnings about keys, settings and stored data, for the operator. */
  readonly warnings: readonly string[];
  /** Answers the requests that it has taken in, then closes every store. */
  stop(): Promise<void>;
}

const EMPTY_SECRET_WARNING =
  'UNSAFE_EMPTY_VIEWER_SECRET is on: whoever has the log can find out whose its viewer ids are';

/**
 * Opens the stores and listens. If anything fails, it closes what it opened, and leaves the data
 * folder as it was. Throws Interrupted if the signal says so before the server listens.
 */
export async function startServer(
  config: Config,
  logger: Logger,
  signal: AbortSignal,
): Promise<RunningServer> {
  await checkAddress(config);
  const countries = await openCountries(config, logger);
  const stores = await openStoresInTime(config, logger, signal);
  try {
    // Nest and GraphQL take long to load: a start that is refused does without.
    const { serveStores } = await import('./serving.js');
    const serving = await serveStores(stores, { config, logger, countries, signal });
    const stop = async (): Promise<void> => {
      await serving.stop();
      await stores.close();
      countries?.close();
    };
    const warnings = [
      ...serving.warnings,
      ...config.warnings,
      ...stores.warnings,
      ...retentionWarnings(config),
      ...(config.isEmptySecretAccepted ? [EMPTY_SECRET_WARNING] : []),
    ];
    return { url: serving.url, warnings, stop };
  } catch (error) {
    await stores.abandon();
    countries?.close();
    throw error;
  }
}

function retentionWarnings({ retentionDays }: Config): readonly string[] {
  const cut = periodsCut({ retentionDays });
  if (cut.length === 0) return [];
  const periods = cut.join(' and ');
  return [`RETENTION_DAYS is shorter than ${periods}: its figures are of what is kept`];
}
