import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedEventLog } from '../adapters/event-store/embedded/embedded-event-log.js';
import { backUpLog, type LogDamage } from '../adapters/event-store/embedded/log-backup.js';
import { checkLog } from '../adapters/event-store/embedded/log-check.js';
import { keepPosition } from '../adapters/event-store/embedded/kept-position.js';
import { upgradeLog } from '../composition/upgrade-log.js';
import { isOldLog } from '../adapters/event-store/embedded/old-log.js';
import { lockFolder, LOCK_FILE } from '../adapters/sqlite/folder-lock.js';
import { copyDurably, partialOf, syncFolder } from '../adapters/system/durable-files.js';
import { closeToOthers, makeFolder } from '../adapters/system/owner-only.js';
import { LOG_FILE } from '../composition/locations.js';
import { VIEWER_SECRET_FILE } from '../composition/viewer-secret.js';
import { decodeEvent } from '../domain/event-codec.js';
import { LOG_START } from '../ports/event-store.js';
import {
  describeFile,
  isAsDescribed,
  namesIn,
  readManifest,
  writeManifest,
  type BackupFile,
} from './backup-files.js';
import { WrongUsage } from './failure.js';
import { formatCounted } from './format.js';

export interface BackupOptions {
  readonly dataDir: string;
  /** The backup's folder. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** The outcome of a backup or of a restore. */
export interface BackupReport {
  readonly storeId: string;
  readonly events: number;
  /** Its events that cannot be read. */
  readonly damage: LogDamage;
  /** True if the viewer secret is part of it; else it is a setting, to be kept elsewhere. */
  readonly holdsViewerSecret: boolean;
  /** Lines for the operator. */
  readonly warnings: readonly string[];
}

/**
 * Copies what cannot be made again of a data folder: the log as it is at one moment, and the viewer
 * secret. A server may work in the folder meanwhile. A failure leaves nothing behind.
 */
export async function backUpFolder(options: BackupOptions): Promise<BackupReport> {
  const { dataDir, folder, signal, onProgress } = options;
  const from = join(dataDir, LOG_FILE);
  if (!existsSync(from)) throw new WrongUsage(`the data folder ${dataDir} holds no log`);
  assertEmpty(folder, 'name another');
  return orNothing(folder, async () => {
    // The folder may hold the viewer secret: nobody else may look in.
    const warnings = closeToOthers([folder]);
    const log = join(folder, LOG_FILE);
    const partial = partialOf(log);
    const createdAt = new Date().toISOString();
    const { events, damage } = await backUpLog({ from, to: partial, onProgress, signal });
    await rename(partial, log);
    const secret = join(dataDir, VIEWER_SECRET_FILE);
    const holdsViewerSecret = existsSync(secret);
    if (holdsViewerSecret) await copyDurably(secret, join(folder, VIEWER_SECRET_FILE));
    const storeId = await storeIdOf(log);
    const names = [LOG_FILE, ...(holdsViewerSecret ? [VIEWER_SECRET_FILE] : [])];
    const files = [];
    for (const name of names) files.push(await describeFile(folder, name, signal));
    await writeManifest(folder, { createdAt, storeId, events, files });
    return { storeId, events, damage, holdsViewerSecret, warnings };
  });
}

export interface RestoreOptions extends Omit<BackupOptions, 'onProgress'> {
  /** True if a log that was altered since its backup is restored as far as it can be read. */
  readonly acceptDamage: boolean;
}

/**
 * Puts a backup into a data folder that is empty or not there. Every byte is compared with what
 * the backup says of itself, and every event with its checksum. A failure leaves nothing behind
 * but an empty folder.
 */
export async function restoreFolder(options: RestoreOptions): Promise<BackupReport> {
  const { dataDir, folder } = options;
  const { storeId, events, files } = readManifest(folder);
  for (const { name } of files) assertKnown(folder, name);
  makeFolder(dataDir);
  const lock = await lockFolder(dataDir);
  let warnings: readonly string[] = [];
  let damage: LogDamage = { events: 0, first: undefined };
  try {
    assertEmpty(dataDir, 'set DATA_DIR to another');
    warnings = closeToOthers([dataDir]);
    await orNothing(dataDir, async () => {
      // The log is restored last: a folder that has it is whole.
      const logLast = files.toSorted(
        (a, b) => Number(a.name === LOG_FILE) - Number(b.name === LOG_FILE),
      );
      const altered: string[] = [];
      for (const file of logLast) {
        if (!(await restoreFile(file, options))) altered.push(file.name);
      }
      warnings = [...warnings, ...altered.map(alteredWarning)];
      damage = await restoreLog(join(dataDir, LOG_FILE), events, options);
      await syncFolder(dataDir);
    });
  } finally {
    lock.release();
  }
  const holdsViewerSecret = files.some(({ name }) => name === VIEWER_SECRET_FILE);
  return { storeId, events, damage, holdsViewerSecret, warnings };
}

/** Checks the events of a restored log, after bringing an old log into the present form. */
async function restoreLog(
  path: string,
  events: number,
  { signal, acceptDamage }: RestoreOptions,
): Promise<LogDamage> {
  if (isOldLog(path)) await upgradeLog({ path, signal });
  const { events: found, faults, named } = await checkLog({ path, signal });
  if (found !== events && !(acceptDamage && found < events)) {
    throw new Error(`${path} holds ${String(found)} events, not ${String(events)}`);
  }
  keepPosition(path, found);
  return { events: faults, first: named[0]?.position };
}

/** Restores a file; false if it was altered and that is accepted, an Error if it is not. */
async function restoreFile(file: BackupFile, options: RestoreOptions): Promise<boolean> {
  const { dataDir, folder, signal, acceptDamage } = options;
  const { name } = file;
  signal.throwIfAborted();
  const [from, to] = [join(folder, name), join(dataDir, name)];
  await copyDurably(from, to);
  if (await isAsDescribed(dataDir, file, signal)) return true;
  const isLog = name === LOG_FILE;
  // Checksums alone tell which events of an altered log are whole; a log of 0.1.0 has none.
  if (isLog && acceptDamage && !isOldLog(to)) return false;
  const wayOn = '; where there is no other, --accept-damage takes what can be read';
  throw new Error(`${from} is damaged: it is not what was backed up${isLog ? wayOn : ''}`);
}

const alteredWarning = (name: string): string =>
  `${name} is not what was backed up: its events were compared with their checksums`;

/** Throws an Error if the log, and so its copy, has events that cannot be read. */
export function assertWhole({ events, first }: LogDamage, advice: string): void {
  if (events === 0) return;
  const count = formatCounted(events, 'event');
  const place = `the first at position ${String(first)}`;
  throw new Error(`the log is damaged: ${count} of it cannot be read, ${place}; ${advice}`);
}

function assertKnown(folder: string, name: string): void {
  if (name !== LOG_FILE && name !== VIEWER_SECRET_FILE) {
    throw new Error(`${folder} holds a file that this release does not know: ${name}`);
  }
  if (!existsSync(join(folder, name))) throw new Error(`${folder} lacks ${name}`);
}

function assertEmpty(folder: string, elsewhere: string): void {
  const found = namesIn(folder).filter((name) => !name.startsWith(LOCK_FILE));
  if (found.length === 0) return;
  throw new WrongUsage(`${folder} is not empty (${found.slice(0, 3).join(', ')}): ${elsewhere}`);
}

/** Runs work that fills an empty folder; if it fails, the folder is as empty as before. */
async function orNothing<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const wasThere = existsSync(folder);
  makeFolder(folder);
  try {
    return await work();
  } catch (error) {
    const made = namesIn(folder).filter((name) => !name.startsWith(LOCK_FILE));
    for (const name of made) rmSync(join(folder, name));
    if (!wasThere) rmdirSync(folder);
    throw error;
  }
}

/** Returns the id of the log in a file, which its first event holds. */
async function storeIdOf(path: string): Promise<string> {
  const log = new EmbeddedEventLog(path);
  try {
    const [first] = (await log.readAll(LOG_START, 1)).events;
    const event = first && decodeEvent(first);
    if (event?.type !== 'log_created') throw new Error(`${path} is not a log of Playhead`);
    return event.data.storeId;
  } finally {
    await log.close();
  }
}
