import { Generations } from '../src/projector/generations.js';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECTIONS } from '../projections/index.js';
import { streamingAnalytics } from '../projections/streaming-analytics.js';
import { EmbeddedEventLog } from '../src/adapters/event-store/embedded/embedded-event-log.js';
import { EmbeddedEventStore } from '../src/adapters/event-store/embedded/embedded-event-store.js';
import { EmbeddedReadModelWriter } from '../src/adapters/read-model/embedded/embedded-read-model-writer.js';
import { NodeClock } from '../src/adapters/system/node-clock.js';
import { LOG_START, type EventLog } from '../src/ports/event-store.js';
import { LogVocabulary } from '../src/ports/log-vocabulary.js';
import type { Projection } from '../src/ports/projection.js';
import { specOf } from '../src/ports/read-model/generation.js';
import type { ReadModelWriter } from '../src/ports/read-model/writer.js';
import { batchEventsMax } from '../src/composition/read-models.js';
import { Projector } from '../src/projector/projector.js';
import { Rebuilder } from '../src/projector/rebuilder.js';
import { audience } from './audience.js';
import { rateOf, type Comparison } from './measure.js';
import { inTemporaryFolder } from './temporary-folder.js';

const EVENTS = 200_000;
const PAGE_EVENTS = 5_000;
const SEED = 2;
/** The read model with the most documents. */
const REBUILT = streamingAnalytics as unknown as Projection;

/** Makes a log to be folded, and returns its path. */
export async function logIn(folder: string): Promise<string> {
  const path = join(folder, 'events.db');
  const store = await EmbeddedEventStore.open(path);
  await store.append(audience(EVENTS, SEED));
  await store.close();
  return path;
}

/** Compares folding a log into all four read models with reading and parsing the same log. */
export function catchUp(path: string): Comparison {
  return {
    title: 'Catch-up of all four projections',
    unit: 'events/s',
    aim: 0.25,
    subject: {
      name: 'projector, embedded stores',
      run: () => inTemporaryFolder((readModels) => project(path, readModels)),
    },
    peer: { name: 'reading the log + JSON.parse', run: () => readLog(path) },
  };
}

async function project(
  path: string,
  folder: string,
  projections: readonly Projection[] = PROJECTIONS,
): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const log = new EmbeddedEventLog(path);
  const writer = new EmbeddedReadModelWriter(folder);
  const rate = await rateOf(EVENTS, () => untilCaughtUp(log, writer, { projections }));
  await log.close();
  return rate;
}

interface CatchUpOptions {
  readonly projections?: readonly Projection[];
  /** The kind of the writer's store. */
  readonly kind?: 'embedded' | 'mongodb';
}

/** Folds a whole log, then closes the writer. */
export async function untilCaughtUp(
  log: EventLog,
  writer: ReadModelWriter,
  { projections = PROJECTIONS, kind = 'embedded' }: CatchUpOptions = {},
): Promise<void> {
  const head = await log.head();
  let isDone = false;
  await new Promise<void>((resolve, reject) => {
    const onProgress = (progress: readonly { readonly scanned: number }[]): void => {
      if (isDone || progress.some(({ scanned }) => scanned < head)) return;
      isDone = true;
      started.then(stopAndClose, reject);
    };
    const started = Projector.start({
      storeId: 'bench',
      log,
      vocabulary: new LogVocabulary(log, 'playhead-meta'),
      batchEventsMax: batchEventsMax({ kind }),
      writer,
      projections,
      clock: new NodeClock(),
      onProgress,
      onFailure: reject,
      onStartOver: () => undefined,
    });
    const stopAndClose = (projector: Projector): void => {
      projector
        .stop()
        .then(() => writer.close())
        .then(resolve, reject);
    };
  });
}

/** Compares filling a new read model beside the serving one with folding it for the first time. */
export function refill(path: string): Comparison {
  return {
    title: `A rebuild alone: ${streamingAnalytics.name}`,
    unit: 'events/s',
    aim: 0.8,
    subject: {
      name: 'rebuilder',
      run: () => inTemporaryFolder((readModels) => build(path, readModels)),
    },
    peer: {
      name: 'projector, the same read model',
      run: () => inTemporaryFolder((readModels) => project(path, readModels, [REBUILT])),
    },
  };
}

async function build(path: string, folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const log = new EmbeddedEventLog(path);
  const writer = new EmbeddedReadModelWriter(folder);
  await new Generations(writer).begin(specOf(REBUILT, 'bench'), 'nothing');
  const failures: unknown[] = [];
  const rebuilder = new Rebuilder({
    isWaitedFor: true,
    storeId: 'bench',
    log,
    vocabulary: new LogVocabulary(log, 'playhead-meta'),
    writer,
    projections: [REBUILT],
    clock: new NodeClock(),
    onOffer: () => undefined,
    onFailure: (error) => failures.push(error),
  });
  const rate = await rateOf(EVENTS, () => rebuilder.run());
  if (failures.length > 0) throw new Error(String(failures[0]));
  await writer.close();
  await log.close();
  return rate;
}

async function readLog(path: string): Promise<number> {
  const log = new EmbeddedEventLog(path);
  const rate = await rateOf(EVENTS, async () => {
    let position = LOG_START;
    for (let isEnd = false; !isEnd;) {
      const page = await log.readAll(position, PAGE_EVENTS);
      position = page.scanned;
      isEnd = page.isEnd;
    }
  });
  await log.close();
  return rate;
}
