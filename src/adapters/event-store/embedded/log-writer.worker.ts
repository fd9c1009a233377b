import { parentPort, workerData } from 'node:worker_threads';
import type { AppendOutcome } from '../../../ports/event-store.js';
import { openForWriting } from '../../sqlite/database.js';
import { codeOf, crossingThreads } from '../../sqlite/file-faults.js';
import { LOG_DATABASE } from './log-schema.js';
import { LogWriter, type SerializedAppend } from './log-writer.js';

/**
 * What the log's thread is told: a group of appends as JSON (several times faster than a structured
 * clone of the same), or to close the file and end.
 */
export type LogRequest = { readonly appends: string } | 'close';

/** What it answers: first `ready`, then the outcome of each group, in the order of the groups. */
export type LogReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly outcomes: readonly AppendOutcome[] }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined };

/**
 * The log's own thread: waiting for the disk blocks nobody else, and while one group of appends is
 * made durable the next one gathers.
 */
if (parentPort !== null) {
  const port = parentPort;
  const reply = (message: LogReply): void => {
    port.postMessage(message);
  };
  const writer = await crossingThreads(
    () => new LogWriter(openForWriting(workerData as string, LOG_DATABASE)),
  );
  port.on('message', (request: LogRequest) => {
    if (request === 'close') {
      void crossingThreads(() => {
        writer.close();
        port.close();
      });
      return;
    }
    try {
      const appends = JSON.parse(request.appends) as readonly SerializedAppend[];
      reply({ kind: 'done', outcomes: writer.append(appends) });
    } catch (error) {
      reply({ kind: 'failed', message: String(error), code: codeOf(error) });
    }
  });
  reply({ kind: 'ready' });
}
