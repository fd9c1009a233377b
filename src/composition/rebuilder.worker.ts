import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { PROJECTIONS } from '../../projections/index.js';
import { crossingThreads } from '../adapters/sqlite/file-faults.js';
import { systemClock } from '../adapters/system/system-clock.js';
import { explained } from '../domain/errors.js';
import { LogVocabulary } from '../ports/log-vocabulary.js';
import { Rebuilder } from '../projector/rebuilder.js';
import { openProjectedLog } from './event-stores.js';
import { giveWay } from './give-way.js';
import type { Workplace } from './projector.worker.js';
import { openReadModelWriter } from './read-models.js';

/** What the thread tells. It ends by itself when nothing is left to fill. */
export type RebuilderReply =
  | { readonly kind: 'offered'; readonly projection: string }
  | { readonly kind: 'failure'; readonly message: string; readonly isFinal: boolean };

async function rebuild(port: MessagePort): Promise<void> {
  const { storeId, locations, metaStream, owner } = workerData as Workplace;
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
    projections: PROJECTIONS,
    clock: systemClock,
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
  giveWay();
  await crossingThreads(() => rebuild(port));
}
