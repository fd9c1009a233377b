import { parentPort, workerData } from 'node:worker_threads';
import type { AppendOutcome } from '../../../ports/event-store.js';
import { answerCalls, newsTo } from '../../../threads/worker-call.js';
import { openForWriting } from '../../sqlite/database.js';
import { crossingThreads, writeBeside } from '../../sqlite/file-faults.js';
import { KeptPosition } from './kept-position.js';
import { LOG_DATABASE } from './log-schema.js';
import { LogWriter } from './log-writer.js';
import { OpenedFiles } from './opened-files.js';
import { unpackedAppends, type PackedAppends } from './packed-appends.js';

/** The calls that the log's thread answers. */
export interface LogFunctions {
  /** Makes a group of appends durable; one of none asks whether appends could be written. */
  append(group: PackedAppends): Promise<AppendedGroup>;
}

/** The outcome of a group of appends. */
export interface AppendedGroup {
  readonly outcomes: readonly AppendOutcome[];
  /** The position up to which the file tells where streams end. */
  readonly indexed: number;
}

/**
 * Runs in the log's own thread: the wait for the disk blocks nothing else, and while one group of
 * appends is made durable the next one gathers.
 */
if (parentPort !== null) {
  const port = parentPort;
  const path = workerData as string;
  const writer = await crossingThreads(() => new LogWriter(openForWriting(path, LOG_DATABASE)));
  const files = new OpenedFiles(path);
  const kept = new KeptPosition(path);
  const append = (group: PackedAppends): Promise<AppendedGroup> => {
    // A group refused here is stored nowhere: it can be appended once the files are back.
    files.assertThere();
    const appends = unpackedAppends(group);
    if (appends.length === 0) writeBeside(path);
    const outcomes = writer.append(appends);
    if (appends.length > 0) kept.write(writer.head);
    return Promise.resolve({ outcomes, indexed: writer.indexed });
  };
  const close = (): void => {
    writer.close();
    kept.close();
    port.close();
  };
  answerCalls<LogFunctions>(port, { append }, { stop: () => void crossingThreads(close) });
  newsTo<'ready'>(port)('ready');
}
