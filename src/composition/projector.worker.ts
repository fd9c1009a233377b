import { parentPort, workerData } from 'node:worker_threads';
import { PROJECTIONS } from '../../projections/index.js';
import { EmbeddedEventLog } from '../adapters/event-store/embedded/embedded-event-log.js';
import { EmbeddedReadModelWriter } from '../adapters/read-model/embedded/embedded-read-model-writer.js';
import { crossingThreads } from '../adapters/sqlite/database.js';
import { systemClock } from '../adapters/system/system-clock.js';
import type { ProjectionProgress } from '../ports/projection-control.js';
import { Projector } from '../projector/projector.js';

/** Where the projector's thread finds its stores. */
export interface ProjectorWorkerData {
  readonly storeId: string;
  readonly logPath: string;
  readonly readModelFolder: string;
}

/** What the thread is told. */
export type ProjectorRequest =
  | { readonly kind: 'ring' }
  | { readonly kind: 'retire'; readonly before: number; readonly job: number }
  | { readonly kind: 'stop' };

/** What it tells. */
export type ProjectorReply =
  | { readonly kind: 'progress'; readonly progress: readonly ProjectionProgress[] }
  | { readonly kind: 'retired'; readonly job: number; readonly failure: string | undefined }
  | { readonly kind: 'failure'; readonly message: string; readonly isFinal: boolean };

if (parentPort !== null) {
  const port = parentPort;
  const { storeId, logPath, readModelFolder } = workerData as ProjectorWorkerData;
  const log = crossingThreads(() => new EmbeddedEventLog(logPath));
  const writer = crossingThreads(() => new EmbeddedReadModelWriter(readModelFolder));
  const reply = (message: ProjectorReply): void => {
    port.postMessage(message);
  };
  const projector = await Projector.start({
    storeId,
    log,
    writer,
    projections: PROJECTIONS,
    clock: systemClock,
    onProgress: (progress) => {
      reply({ kind: 'progress', progress });
    },
    onFailure: (error, isFinal) => {
      reply({ kind: 'failure', message: String(error), isFinal });
    },
  });
  const stop = async (): Promise<void> => {
    await projector.stop();
    await writer.close();
    await log.close();
    port.close();
  };
  const retire = ({ before, job }: Extract<ProjectorRequest, { kind: 'retire' }>): void => {
    projector.retire(before).then(
      () => {
        reply({ kind: 'retired', job, failure: undefined });
      },
      (error: unknown) => {
        reply({ kind: 'retired', job, failure: String(error) });
      },
    );
  };
  port.on('message', (request: ProjectorRequest) => {
    if (request.kind === 'ring') log.ring();
    else if (request.kind === 'retire') retire(request);
    else void stop();
  });
}
