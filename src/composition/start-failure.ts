import { BadConfig, type Config } from '../config.js';
import { AddressUnfit } from './address.js';
import { dataFolder, diskFaultOf } from './disk-faults.js';

/** Exit statuses of sysexits.h. */
const EX_UNAVAILABLE = 69;
const EX_CONFIG = 78;

/** Why a start failed, and the status to end with. */
export interface StartFailure {
  readonly message: string;
  readonly status: number;
}

/** By name, since what is not used is not loaded. */
const FAULTS_OF_SETTINGS: ReadonlySet<string> = new Set([
  'BadEventStoreUrl',
  'EventStoreDenied',
  'LogUnfit',
  'NewerSchema',
  'UnfitMongo',
  'WrongPrefix',
  'WrongViewerSecret',
]);

/** Explains what a start threw, or an end, in one line. */
export function explainFailure(error: unknown, { dataDir }: Pick<Config, 'dataDir'>): StartFailure {
  const fault = error instanceof AddressUnfit ? error : diskFaultOf(error, dataFolder(dataDir));
  if (fault !== undefined) {
    return { message: fault.message, status: fault.isForNow ? EX_UNAVAILABLE : EX_CONFIG };
  }
  const isSetting = error instanceof Error && FAULTS_OF_SETTINGS.has(error.name);
  return { message: lineOf(error), status: isSetting ? EX_CONFIG : EX_UNAVAILABLE };
}

/** What is wrong with the settings: one line if one is, else one more for each. */
export function explainSettings({ faults }: BadConfig): StartFailure {
  const [first, ...others] = faults;
  const lines = others.length === 0 ? ` ${String(first)}` : ['', ...faults].join('\n  ');
  return { message: `wrong settings:${lines}`, status: EX_CONFIG };
}

/** The message of whatever was thrown, in one line. */
function lineOf(error: unknown): string {
  const isTelling = typeof error === 'object' && error !== null && 'message' in error;
  return String(isTelling ? error.message : error).replace(/\s*\n\s*/g, '; ');
}
