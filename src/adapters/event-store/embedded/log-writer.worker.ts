import { parentPort, workerData } from 'node:worker_threads';
import type { AppendOutcome } from '../../../ports/event-store.js';
import { openForWriting } from '../../sqlite/database.js';
import { codeOf, crossingThreads, writeBeside } from '../../sqlite/file-faults.js';
import { KeptPosition } from './kept-position.js';
import { LOG_DATABASE } from './log-schema.js';
import { LogWriter } from './log-writer.js';
import { OpenedFiles } from './opened-files.js';
import { unpackedAppends, type PackedAppends } from './packed-appends.js';

/**
 * A message to the log's thread: a group of appends, or to close the file and end. An empty group
 * asks whether appends could be written.
 */
export type LogRequest = PackedAppends | 'close';

/** The thread's answers: first `ready`, then each group's outcome, in the order of the groups. */
export type LogReply =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'done';
      readonly outcomes: readonly AppendOutcome[];
      /** The position up to which the file's index tells the ends of streams. */
      readonly indexed: number;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined };

/**
 * Runs in the log's own thread: the wait for the disk blocks nothing else, and while one group of
 * appends is made durable the next one gathers.
 */
if (parentPort !== null) {
  const port = parentPort;
  const path = workerData as string;
  const reply = (message: LogReply): void => {
    port.postMessage(message);
  };
  const writer = await crossingThreads(() => new LogWriter(openForWriting(path, LOG_DATABASE)));
  const files = new OpenedFiles(path);
  const kept = new KeptPosition(path);
  port.on('message', (request: LogRequest) => {
    if (request === 'close') {
      void crossingThreads(() => {
        writer.close();
        kept.close();
        port.close();
      });
      return;
    }
    try {
      // A group refused here is stored nowhere: it can be appended once the files are back.
      files.assertThere();
      const appends = unpackedAppends(request);
      if (appends.length === 0) writeBeside(path);
      const outcomes = writer.append(appends);
      if (appends.length > 0) kept.write(writer.head);
      reply({ kind: 'done', outcomes, indexed: writer.indexed });
    } catch (error) {
      reply({ kind: 'failed', message: String(error), code: codeOf(error) });
    }
  });
  reply({ kind: 'ready' });
}
