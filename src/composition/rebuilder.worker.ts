import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { PROJECTIONS } from '../../projections/index.js';
import { crossingThreads } from '../adapters/sqlite/file-faults.js';
import { NodeClock } from '../adapters/system/node-clock.js';
import { messageWithCauses } from '../domain/errors.js';
import { LogVocabulary } from '../ports/log-vocabulary.js';
import { Rebuilder } from '../projector/rebuilder.js';
import { watchedProjections } from '../threads/deadly-events.js';
import type { RebuilderNews } from '../threads/rebuilder-thread.js';
import { lowerThreadPriority } from '../threads/thread-priority.js';
import { answerCalls, newsTo } from '../threads/worker-call.js';
import { openProjectedLog } from './event-stores.js';
import { openReadModelWriter } from './read-models.js';
import type { RebuilderData } from './workers.js';

/** The thread that builds new generations of read models. */
async function rebuild(port: MessagePort, data: RebuilderData): Promise<void> {
  const { storeId, locations, metaStream, owner, sharedClock, fold, waitedFor } = data;
  const clock = new NodeClock(sharedClock);
  const projections = watchedProjections(PROJECTIONS, fold);
  const isWaitedFor = waitedFor.length > 0;
  const { log } = await openProjectedLog(locations.log);
  const writer = await openReadModelWriter(locations.readModels, owner);
  const tell = newsTo<RebuilderNews>(port);
  const rebuilder = new Rebuilder({
    storeId,
    log,
    vocabulary: new LogVocabulary(log, metaStream),
    writer,
    projections: isWaitedFor
      ? projections.filter(({ name }) => waitedFor.includes(name))
      : projections,
    isWaitedFor,
    clock,
    onOffer: (projection) => {
      tell({ kind: 'offered', projection });
    },
    onFailure: (error, isFinal) => {
      tell({ kind: 'failure', message: messageWithCauses(error), isFinal });
    },
  });
  answerCalls(
    port,
    {},
    {
      stop: () => {
        rebuilder.stop();
      },
    },
  );
  await rebuilder.run();
  await writer.close();
  await log.close();
  port.close();
}

if (parentPort !== null) {
  const port = parentPort;
  const data = workerData as RebuilderData;
  if (data.waitedFor.length === 0) lowerThreadPriority();
  await crossingThreads(() => rebuild(port, data));
}
