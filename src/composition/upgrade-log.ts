import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LOG_DATABASE } from '../adapters/event-store/embedded/log-schema.js';
import { LogWriter } from '../adapters/event-store/embedded/log-writer.js';
import { OldLog } from '../adapters/event-store/embedded/old-log.js';
import { openForUpgrade } from '../adapters/sqlite/database.js';

/** The disk has no room for the log in its new form beside the old one. */
class NoRoomForUpgrade extends Error {
  constructor(path: string, neededBytes: number, freeBytes: number) {
    const inMebibytes = (bytes: number): string => `${String(Math.ceil(bytes / 2 ** 20))} MiB`;
    super(
      `to bring ${path} into the form of this release takes ${inMebibytes(neededBytes)} of disk, ` +
        `and ${inMebibytes(freeBytes)} are free: make room first`,
    );
    this.name = 'NoRoomForUpgrade';
  }
}

export interface LogUpgradeOptions {
  /** The file of a log that 0.1.0 wrote and that no other process has open. */
  readonly path: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Events of one transaction: an interruption loses no more than this work. */
const CHUNK_EVENTS = 20_000;

/**
 * Brings a log of 0.1.0 into the present form, within its file: the new tables are filled beside
 * the old ones, and take their place in the last transaction. Every event is looked at. An event
 * that is not whole, or does not follow the previous one of its stream, keeps its position and
 * cannot be read. After an interruption the next call goes on from there.
 */
export async function upgradeLog({ path, onProgress, signal }: LogUpgradeOptions): Promise<void> {
  const writer = new LogWriter(openForUpgrade(path, LOG_DATABASE));
  const old = new OldLog(path);
  try {
    const total = await old.head();
    assertRoom(path, 1 - writer.head / Math.max(1, total));
    while (writer.head < total) {
      signal?.throwIfAborted();
      writer.takeOver(old.read(writer.head, CHUNK_EVENTS));
      onProgress?.(writer.head, total);
      await nextTurn();
    }
    writer.complete();
  } finally {
    await old.close();
    writer.close();
  }
}

/** The greatest size of the new tables in proportion to the old ones, and something to spare. */
const SIZE_RATIO = 1.3;
const SPARE_BYTES = 16 * 2 ** 20;

/** Throws NoRoomForUpgrade if the disk has no room for the share that is left to upgrade. */
function assertRoom(path: string, share: number): void {
  const needed = statSync(path).size * SIZE_RATIO * share + SPARE_BYTES;
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize < needed) throw new NoRoomForUpgrade(path, needed, bavail * bsize);
}
