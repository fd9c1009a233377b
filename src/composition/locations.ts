import { join } from 'node:path';
import type { Config } from '../config.js';

/** The place of the log; plain data, so that it can be sent to a thread. */
export type LogLocation =
  | { readonly kind: 'embedded'; readonly path: string }
  | { readonly kind: 'eventstoredb'; readonly url: string; readonly prefix: string };

/** The place of the read models. */
export type ReadModelLocation =
  | { readonly kind: 'embedded'; readonly folder: string }
  | { readonly kind: 'mongodb'; readonly url: string };

/** The places of both stores. Each is chosen on its own: all four combinations work. */
export interface Locations {
  readonly log: LogLocation;
  readonly readModels: ReadModelLocation;
}

/** The settings that name the places of the stores. */
export type StoreSettings = Pick<
  Config,
  'dataDir' | 'eventStoreUrl' | 'mongodbUrl' | 'streamPrefix'
>;

/** The file of the log, in a data folder and in a backup of one. */
export const LOG_FILE = 'events.db';
export const READ_MODELS_FOLDER = 'read-models';

export function locationsOf(settings: StoreSettings): Locations {
  const { dataDir, eventStoreUrl, mongodbUrl, streamPrefix } = settings;
  return {
    log:
      eventStoreUrl === undefined
        ? { kind: 'embedded', path: join(dataDir, LOG_FILE) }
        : { kind: 'eventstoredb', url: eventStoreUrl, prefix: streamPrefix },
    readModels:
      mongodbUrl === undefined
        ? { kind: 'embedded', folder: join(dataDir, READ_MODELS_FOLDER) }
        : { kind: 'mongodb', url: mongodbUrl },
  };
}

/** Names the places of the stores for the log, without passwords. */
export const placesOf = ({
  log,
  readModels,
}: Locations): Readonly<Record<'eventStore' | 'readModels', string>> => ({
  eventStore: log.kind === 'embedded' ? log.path : `EventStoreDB at ${hostsIn(log.url)}`,
  readModels:
    readModels.kind === 'embedded' ? readModels.folder : `MongoDB at ${hostsIn(readModels.url)}`,
});

const hostsIn = (url: string): string => /^[^/]*\/\/(?:[^/]*@)?([^/?]*)/.exec(url)?.[1] ?? '';

/** Says whether a store is in the data folder; without one, a node keeps nothing of its own. */
export const needsDataFolder = ({ log, readModels }: Locations): boolean =>
  log.kind === 'embedded' || readModels.kind === 'embedded';
