import type { Logger } from 'pino';
import { MmdbCountries } from '../adapters/system/mmdb-countries.js';
import type { Config } from '../config.js';

/** Opens the database of GEOIP_FILE; undefined where it is not set. UnfitGeoip if it is none. */
export async function openCountries(
  { geoipFile }: Config,
  logger: Logger,
): Promise<MmdbCountries | undefined> {
  if (geoipFile === undefined) return undefined;
  return MmdbCountries.open(geoipFile, (message) => {
    logger.warn(message);
  });
}
