import { BadConfig } from '../bad-config.js';
import type { Config } from '../config.js';
import { reasonOf } from '../failure-reason.js';
import { AddressUnfit } from './address.js';
import { dataFolder, diskFaultOf } from './disk-faults.js';

/** The reason why a start failed, and the exit status for it. */
export interface StartFailure {
  readonly message: string;
  readonly status: number;
}

/** Names instead of classes, so that unused adapters need not be loaded. */
const FAULTS_OF_SETTINGS: ReadonlySet<string> = new Set([
  'BadEventStoreUrl',
  'EventStoreDenied',
  'LogUnfit',
  'NewerSchema',
  'UnfitGeoip',
  'UnfitMongo',
  'WrongPrefix',
  'WrongViewerSecret',
]);

/** Exit statuses of sysexits.h. */
const EX_UNAVAILABLE = 69;
const EX_CONFIG = 78;

/** Explains in one line what a start or an end threw. */
export function explainFailure(error: unknown, { dataDir }: Pick<Config, 'dataDir'>): StartFailure {
  const fault = error instanceof AddressUnfit ? error : diskFaultOf(error, dataFolder(dataDir));
  if (fault !== undefined) {
    return { message: fault.message, status: fault.isForNow ? EX_UNAVAILABLE : EX_CONFIG };
  }
  const isSetting = error instanceof Error && FAULTS_OF_SETTINGS.has(error.name);
  return { message: reasonOf(error), status: isSetting ? EX_CONFIG : EX_UNAVAILABLE };
}

/** Ends the process with a failure's message and status. */
export function fail({ message, status }: StartFailure): never {
  process.stderr.write(`playhead: ${message}\n`);
  process.exit(status);
}

/** Says what is wrong with the settings: in one line for one fault, else one more line for each. */
export function explainSettings({ faults }: BadConfig): StartFailure {
  const [first, ...others] = faults;
  const lines = others.length === 0 ? ` ${String(first)}` : ['', ...faults].join('\n  ');
  return { message: `wrong settings:${lines}`, status: EX_CONFIG };
}
