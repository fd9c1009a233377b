import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedEventLog } from '../adapters/event-store/embedded/embedded-event-log.js';
import { checkLogFile } from '../adapters/event-store/embedded/log-backup.js';
import { upgradeLog } from '../composition/upgrade-log.js';
import { isOldLog } from '../adapters/event-store/embedded/old-log.js';
import { NodeClock } from '../adapters/system/node-clock.js';
import { lockFolder } from '../adapters/sqlite/folder-lock.js';
import { metaStream } from '../commands/stream-names.js';
import { WrongPrefix } from '../composition/wrong-settings.js';
import { knownLog } from '../composition/log-identity.js';
import { LOG_FILE, type LogLocation } from '../composition/locations.js';
import { viewerSecretFor } from '../composition/viewer-secret.js';
import type { FolderConfig } from '../config.js';
import { compareLogs } from '../migration/compare-logs.js';
import { CopyFailed } from '../migration/copy-failed.js';
import { copyLog, type CopyProgress } from '../migration/copy-log.js';
import { completeCopy, type CopyMarking } from '../migration/copy-mark.js';
import type { EventLog, EventStore } from '../ports/event-store.js';
import { WrongUsage } from './failure.js';

export interface MigrationOptions {
  readonly config: FolderConfig;
  readonly openTarget: (location: LogLocation) => Promise<EventStore>;
  readonly signal: AbortSignal;
  readonly onProgress: (step: MigrationStep, progress: CopyProgress) => void;
}

type MigrationStep = 'copying' | 'comparing';

/** The outcome of a migration, as counted on both sides. */
export interface MigrationReport {
  readonly storeId: string;
  readonly events: number;
  readonly streams: number;
  /** Events that were there already. */
  readonly foundCopied: number;
  /** Events that were written to the target after it was copied to. */
  readonly further: number;
  /** True if the viewer secret is the folder's own: the new server has to be given it. */
  readonly isSecretInFolder: boolean;
}

/** Copies the log of a data folder, in which no server may work, to another event store. */
export async function migrateFolder(options: MigrationOptions): Promise<MigrationReport> {
  const { dataDir, eventStoreUrl } = options.config;
  if (eventStoreUrl === undefined) {
    throw new WrongUsage('EVENTSTORE_URL is not set: it says where to copy the log to');
  }
  const path = join(dataDir, LOG_FILE);
  if (!existsSync(path)) throw new WrongUsage(`the data folder ${dataDir} holds no log`);
  const lock = await lockFolder(dataDir);
  try {
    checkLogFile(path);
    if (isOldLog(path)) await upgradeLog({ path, signal: options.signal });
    const source = new EmbeddedEventLog(path);
    try {
      return await migrate(source, eventStoreUrl, options);
    } finally {
      await source.close();
    }
  } finally {
    lock.release();
  }
}

async function migrate(
  source: EventLog,
  url: string,
  options: MigrationOptions,
): Promise<MigrationReport> {
  const { streamPrefix, viewerSecret, isEmptySecretAccepted } = options.config;
  const identityStream = metaStream(streamPrefix);
  const known = await knownLog(source, identityStream);
  if (known === undefined) throw new WrongPrefix();
  // Without the log's own secret the copy would be of no use.
  viewerSecretFor(options.config, known);
  const target = await options.openTarget({ kind: 'eventstoredb', url, prefix: streamPrefix });
  try {
    const isSecretInFolder = viewerSecret === undefined && !isEmptySecretAccepted;
    return {
      storeId: known.logId,
      isSecretInFolder,
      ...(await copyAndCompare(source, target, identityStream, options)),
    };
  } finally {
    await target.close();
  }
}

async function copyAndCompare(
  source: EventLog,
  target: EventStore,
  identityStream: string,
  { onProgress, signal }: MigrationOptions,
): Promise<Omit<MigrationReport, 'storeId' | 'isSecretInFolder'>> {
  const clock = new NodeClock();
  const now = (): number => clock.now();
  const marking: CopyMarking = { target, identityStream, newId: randomUUID, now, signal };
  const { events, foundCopied } = await copyLog({
    source,
    ...marking,
    onProgress: (progress) => {
      onProgress('copying', progress);
    },
  });
  const found = await compareLogs({
    source,
    target,
    identityStream,
    signal,
    onProgress: (progress) => {
      onProgress('comparing', progress);
    },
  });
  if (found.difference !== undefined) {
    const { stream, revision } = found.difference;
    throw new CopyFailed(
      `the copy is not like the log: stream ${stream} differs at revision ${String(revision)}`,
      stream,
    );
  }
  if (found.events !== events) {
    throw new CopyFailed(
      `the copy holds ${String(found.events)} events of the ${String(events)} of the log`,
    );
  }
  await completeCopy(marking);
  return { events, streams: found.streams, foundCopied, further: found.further };
}
