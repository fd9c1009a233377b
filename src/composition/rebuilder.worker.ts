import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { crossingThreads } from '../adapters/sqlite/file-faults.js';
import { NodeClock } from '../adapters/system/node-clock.js';
import { explained } from '../domain/errors.js';
import { LogVocabulary } from '../ports/log-vocabulary.js';
import type { ProjectionName } from '../ports/projection.js';
import { Rebuilder } from '../projector/rebuilder.js';
import { watchedProjections } from './deadly-events.js';
import { openProjectedLog } from './event-stores.js';
import { giveWay } from './give-way.js';
import type { FoldingWorkplace } from './projector.worker.js';
import { openReadModelWriter } from './read-models.js';

/** What the thread tells. It ends by itself when nothing is left to build. */
export type RebuilderReply =
  | { readonly kind: 'offered'; readonly projection: string }
  | { readonly kind: 'failure'; readonly message: string; readonly isFinal: boolean };

export interface RebuildWorkplace extends FoldingWorkplace {
  /** What of it nothing else serves: only that is built, and at once; none: all, giving way. */
  readonly waitedFor: readonly ProjectionName[];
}

async function rebuild(port: MessagePort, workplace: RebuildWorkplace): Promise<void> {
  const { storeId, locations, metaStream, owner, sharedClock, place, waitedFor } = workplace;
  const clock = new NodeClock(sharedClock);
  const projections = watchedProjections(place);
  const isWaitedFor = waitedFor.length > 0;
  const { log } = await openProjectedLog(locations.log);
  const writer = await openReadModelWriter(locations.readModels, owner);
  const reply = (message: RebuilderReply): void => {
    port.postMessage(message);
  };
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
      reply({ kind: 'offered', projection });
    },
    onFailure: (error, isFinal) => {
      reply({ kind: 'failure', message: explained(error), isFinal });
    },
  });
  port.on('message', () => {
    rebuilder.stop();
  });
  await rebuilder.run();
  await writer.close();
  await log.close();
  port.close();
}

if (parentPort !== null) {
  const port = parentPort;
  const workplace = workerData as RebuildWorkplace;
  if (workplace.waitedFor.length === 0) giveWay();
  await crossingThreads(() => rebuild(port, workplace));
}
