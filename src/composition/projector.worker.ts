import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { crossingThreads } from '../adapters/sqlite/file-faults.js';
import { NodeClock } from '../adapters/system/node-clock.js';
import { explained } from '../domain/errors.js';
import { LogVocabulary } from '../ports/log-vocabulary.js';
import type { ProjectionProgress } from '../ports/projection-control.js';
import type { ProjectionName } from '../ports/projection.js';
import type { GivenUp } from '../ports/read-model/documents.js';
import { Administration } from '../projector/administration.js';
import { Projector } from '../projector/projector.js';
import {
  meteredReadModelWriter,
  type CommitMeasurement,
} from '../telemetry/metered-read-model-writer.js';
import { answerTo, type Answer } from './answers.js';
import { watchedProjections, type FoldPlace } from './deadly-events.js';
import { openProjectedLog } from './event-stores.js';
import type { Locations } from './locations.js';
import { openReadModelWriter } from './read-models.js';

/** What a thread that folds works on. */
export interface Workplace {
  readonly storeId: string;
  readonly locations: Locations;
  /** The stream that holds the log's identity, and what it announces. */
  readonly metaStream: string;
  /** Names this node among those that share the read models. */
  readonly owner: string;
  /** Undefined: read models keep everything. */
  readonly retentionDays: number | undefined;
  /** The node's clock, which the main thread keeps right. */
  readonly sharedClock: SharedArrayBuffer;
}

/** The same for one thread. */
export interface FoldingWorkplace extends Workplace {
  readonly place: FoldPlace;
}

/** What an administrator asks of it. */
export type Order =
  | { readonly kind: 'retire'; readonly before: number }
  | { readonly kind: 'begin'; readonly name: ProjectionName; readonly from: 'nothing' | 'previous' }
  | { readonly kind: 'cancel' | 'parked'; readonly name: ProjectionName }
  | { readonly kind: 'retry'; readonly name: ProjectionName; readonly giveUp?: GivenUp };

/** What the thread is told. */
export type ProjectorRequest =
  | { readonly kind: 'ring' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'order'; readonly order: Order; readonly job: number };

/** What it tells. */
export type ProjectorReply =
  | {
      readonly kind: 'progress';
      readonly progress: readonly ProjectionProgress[];
      /** The commits since the last message. */
      readonly commits: readonly CommitMeasurement[];
    }
  | { readonly kind: 'answer'; readonly job: number; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly message: string; readonly isFinal: boolean }
  | { readonly kind: 'slow'; readonly reason: string }
  | { readonly kind: 'started-over'; readonly projection: string; readonly reason: string };

async function project(port: MessagePort): Promise<void> {
  const { storeId, locations, metaStream, owner, sharedClock, place } =
    workerData as FoldingWorkplace;
  const clock = new NodeClock(sharedClock);
  const reply = (message: ProjectorReply): void => {
    port.postMessage(message);
  };
  const { log, ring } = await openProjectedLog(locations.log, (reason) => {
    reply({ kind: 'slow', reason });
  });
  const opened = await openReadModelWriter(locations.readModels, owner);
  const writer = meteredReadModelWriter(opened);
  const parts = { storeId, writer, projections: watchedProjections(place), clock };
  const projector = await Projector.start({
    ...parts,
    log,
    vocabulary: new LogVocabulary(log, metaStream),
    onProgress: (progress) => {
      reply({ kind: 'progress', progress, commits: writer.takeMeasurements() });
    },
    onFailure: (error, isFinal) => {
      reply({ kind: 'failure', message: explained(error), isFinal });
    },
    onStartOver: (projection, reason) => {
      reply({ kind: 'started-over', projection, reason });
    },
  });
  const administration = new Administration({ ...parts, projector });
  const carryOut = (order: Order): Promise<unknown> => {
    switch (order.kind) {
      case 'retire':
        return administration.retire(order.before);
      case 'begin':
        return administration.begin(order.name, order.from);
      case 'cancel':
        return administration.cancel(order.name);
      case 'parked':
        return administration.parked(order.name);
      case 'retry':
        return administration.retry(order.name, order.giveUp);
    }
  };
  const stop = async (): Promise<void> => {
    await projector.stop();
    await writer.close();
    await log.close();
    port.close();
  };
  port.on('message', (request: ProjectorRequest) => {
    if (request.kind === 'ring') ring();
    else if (request.kind === 'stop') void crossingThreads(stop);
    else {
      const { job, order } = request;
      void answerTo(() => carryOut(order)).then((answer) => {
        reply({ kind: 'answer', job, answer });
      });
    }
  });
}

if (parentPort !== null) {
  const port = parentPort;
  await crossingThreads(() => project(port));
}
