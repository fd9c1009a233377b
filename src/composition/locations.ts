import { join } from 'node:path';
import type { Config } from '../config.js';

/** The log, in a data folder and in a backup of one. */
export const LOG_FILE = 'events.db';
export const READ_MODELS_FOLDER = 'read-models';

/** Where the log is; plain data, so that a thread can be told. */
export type LogLocation =
  | { readonly kind: 'embedded'; readonly path: string }
  | { readonly kind: 'eventstoredb'; readonly url: string; readonly prefix: string };

/** Where the read models are. */
export type ReadModelLocation =
  | { readonly kind: 'embedded'; readonly folder: string }
  | { readonly kind: 'mongodb'; readonly url: string };

/** Both are chosen on their own: all four combinations work. */
export interface Locations {
  readonly log: LogLocation;
  readonly readModels: ReadModelLocation;
}

/** The settings that say where the stores are. */
export type StoreSettings = Pick<
  Config,
  'dataDir' | 'eventStoreUrl' | 'mongodbUrl' | 'streamPrefix'
>;

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

/** Where stores are, for the log: never a password. */
export const placesOf = ({
  log,
  readModels,
}: Locations): Readonly<Record<'eventStore' | 'readModels', string>> => ({
  eventStore: log.kind === 'embedded' ? log.path : `EventStoreDB at ${hostsIn(log.url)}`,
  readModels:
    readModels.kind === 'embedded' ? readModels.folder : `MongoDB at ${hostsIn(readModels.url)}`,
});

const hostsIn = (url: string): string => /^[^/]*\/\/(?:[^/]*@)?([^/?]*)/.exec(url)?.[1] ?? '';

/** Whether anything is kept in the data folder: with neither, a node keeps nothing of its own. */
export const needsDataFolder = ({ log, readModels }: Locations): boolean =>
  log.kind === 'embedded' || readModels.kind === 'embedded';
