import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { projectionsWith } from '../../projections/index.js';
import { crossingThreads } from '../adapters/sqlite/file-faults.js';
import { NodeClock } from '../adapters/system/node-clock.js';
import { messageWithCauses } from '../domain/errors.js';
import { LogVocabulary } from '../ports/log-vocabulary.js';
import { Administration, type ProjectorOrders } from '../projector/administration.js';
import { Projector } from '../projector/projector.js';
import { meteredReadModelWriter } from '../telemetry/metered-read-model-writer.js';
import { watchedProjections } from '../threads/deadly-events.js';
import type { ProjectorNews } from '../threads/projector-thread.js';
import { answerCalls, newsTo } from '../threads/worker-call.js';
import { openProjectedLog } from './event-stores.js';
import { batchEventsMax, openReadModelWriter } from './read-models.js';
import type { ProjectorData } from './workers.js';

/** The thread that folds the log into the read models. */
async function project(port: MessagePort): Promise<void> {
  const { storeId, locations, metaStream, owner, sharedClock, ...folding } =
    workerData as ProjectorData;
  const clock = new NodeClock(sharedClock);
  const tell = newsTo<ProjectorNews>(port);
  const { log, wake } = await openProjectedLog(locations.log, (reason) => {
    tell({ kind: 'slow', reason });
  });
  const opened = await openReadModelWriter(locations.readModels, owner);
  const writer = meteredReadModelWriter(opened);
  const { settings, fold, isRestart } = folding;
  const projections = watchedProjections(projectionsWith(settings), fold);
  const parts = { storeId, writer, projections, clock };
  const projector = await Projector.start({
    ...parts,
    isRestart,
    log,
    vocabulary: new LogVocabulary(log, metaStream),
    batchEventsMax: batchEventsMax(locations.readModels),
    onProgress: (progress) => {
      tell({ kind: 'progress', progress, commits: writer.takeMeasurements() });
    },
    onFailure: (error, isFinal) => {
      tell({ kind: 'failure', message: messageWithCauses(error), isFinal });
    },
    onStartOver: (projection, reason) => {
      tell({ kind: 'started-over', projection, reason });
    },
  });
  const stop = async (): Promise<void> => {
    await projector.stop();
    await writer.close();
    await log.close();
    port.close();
  };
  answerCalls<ProjectorOrders, 'wake'>(port, new Administration({ ...parts, projector }), {
    wake,
    stop: () => void crossingThreads(stop),
  });
}

if (parentPort !== null) {
  const port = parentPort;
  await crossingThreads(() => project(port));
}
