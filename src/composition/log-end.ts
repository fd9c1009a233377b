import { readKeptPosition } from '../adapters/event-store/embedded/kept-position.js';
import { LOG_START, type EventLog } from '../ports/event-store.js';
import { LogUnfit } from './log-identity.js';

/** Throws LogUnfit if a log ends below the position that is kept beside it. */
export async function assertNotCutOff(path: string, log: Pick<EventLog, 'head'>): Promise<void> {
  const [head, kept] = [await log.head(), readKeptPosition(path)];
  if (head >= kept) return;
  throw new LogUnfit(
    `${path} ends at position ${String(head)}, but ${String(kept)} was acknowledged: the file ` +
      'was cut off or replaced. Restore a backup, or accept the loss with check-log --accept-cut',
  );
}

/** Throws LogUnfit if a log is gone that was there: a new log would count from nothing. */
export async function assertNeverThere(
  path: string,
  readModels: string | undefined,
): Promise<void> {
  const kept = readKeptPosition(path);
  if (kept > LOG_START) throw gone(path, `its events up to position ${String(kept)}`);
  if (readModels === undefined) return;
  const { highestCheckpoint } = await import('../adapters/read-model/embedded/generation-files.js');
  const checkpoint = highestCheckpoint(readModels);
  if (checkpoint === LOG_START) return;
  throw gone(path, `${readModels} was folded from it up to position ${String(checkpoint)}`);
}

const gone = (path: string, evidence: string): LogUnfit =>
  new LogUnfit(
    `${path} is missing or empty, but was there (${evidence}): put it back, or restore a backup. ` +
      'To begin anew, empty the data folder, or set DATA_DIR to another one',
  );
