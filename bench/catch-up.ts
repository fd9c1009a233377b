import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECTIONS } from '../projections/index.js';
import { EmbeddedEventLog } from '../src/adapters/event-store/embedded/embedded-event-log.js';
import { EmbeddedEventStore } from '../src/adapters/event-store/embedded/embedded-event-store.js';
import { EmbeddedReadModelWriter } from '../src/adapters/read-model/embedded/embedded-read-model-writer.js';
import { systemClock } from '../src/adapters/system/system-clock.js';
import { LOG_START, type EventLog } from '../src/ports/event-store.js';
import type { ReadModelWriter } from '../src/ports/read-model-store.js';
import { Projector } from '../src/projector/projector.js';
import { audience } from './audience.js';
import { rateOf, type Comparison } from './measure.js';
import { inTemporaryFolder } from './temporary-folder.js';

const EVENTS = 200_000;
const PAGE_EVENTS = 5_000;
const SEED = 2;

/** Folding a whole log into all four read models against reading and parsing the same log. */
export async function catchUp(folder: string): Promise<Comparison> {
  const path = join(folder, 'events.db');
  const store = await EmbeddedEventStore.open(path);
  await store.append(audience(EVENTS, SEED));
  await store.close();
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

async function project(path: string, folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const log = new EmbeddedEventLog(path);
  const writer = new EmbeddedReadModelWriter(folder);
  const rate = await rateOf(EVENTS, () => untilCaughtUp(log, writer));
  await log.close();
  return rate;
}

/** Folds a whole log, then closes the writer. */
export async function untilCaughtUp(log: EventLog, writer: ReadModelWriter): Promise<void> {
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
      writer,
      projections: PROJECTIONS,
      clock: systemClock,
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
