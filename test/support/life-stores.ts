import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { PROJECTIONS } from '../../projections/index.js';
import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import { freeClaims } from '../../src/adapters/read-model/embedded/control-file.js';
import { EmbeddedReadModelWriter } from '../../src/adapters/read-model/embedded/embedded-read-model-writer.js';
import { MongoConnection } from '../../src/adapters/read-model/mongodb/mongo-connection.js';
import { MongoReadModelWriter } from '../../src/adapters/read-model/mongodb/mongo-read-model-writer.js';
import type { Recorded } from '../../src/domain/event.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import { contentsAt } from './distributed.js';
import { intercept, type Around } from './interception.js';
import { live } from './life.js';
import { recordedLog } from './playback-histories.js';
import {
  recomputedContents,
  storedContents,
  storedEvents,
  type Contents,
} from './recomputation.js';
import { SettableClock } from './settable-clock.js';

/** A log by the seed and the place at which it is drawn: far sooner made than many are drawn. */
interface DrawnLog {
  readonly seed: number;
  readonly index: number;
}

/** Where a life takes place, and its events; plain data, for a process of its own. */
export interface LifePlace {
  /** Of the log, and of read models unless they are in MongoDB. */
  readonly folder: string;
  readonly mongodbUrl?: string | undefined;
  readonly drawn: DrawnLog;
}

/** Logs from which the longest one is taken: most are short. */
const LOGS = 200;

/** Draws logs, which takes a second, and chooses the longest one for the lives of a test. */
export function longestLog(seed: number): DrawnLog {
  const lengths = fc.sample(recordedLog, { seed, numRuns: LOGS }).map(({ length }) => length);
  return { seed, index: lengths.indexOf(Math.max(...lengths)) };
}

/** A life on real stores, all of whose calls go through a function. */
export async function liveAt(place: LifePlace, around: Around): Promise<void> {
  const log = await EmbeddedEventStore.open(logPath(place));
  const writer = await openWriter(place);
  const events = eventsOf(place);
  await live({
    log: intercept(log, around),
    writer: intercept(writer, around),
    clock: new SettableClock(Date.now()),
    projections: PROJECTIONS,
    events,
    before: events.length >> 1,
  });
  await writer.close();
  await log.close();
}

/** What the read models of a life hold, and how many events its log does. */
interface Legacy {
  readonly contents: Contents;
  readonly events: number;
}

/** What a life has left, and what it should have. */
export async function legacyOf(
  place: LifePlace,
): Promise<{ readonly found: Legacy; readonly expected: Legacy }> {
  const { folder, mongodbUrl } = place;
  const contents = mongodbUrl === undefined ? storedContents(folder) : contentsAt(mongodbUrl);
  return {
    found: { contents: await contents, events: (await storedEvents(folder)).length },
    expected: { contents: await recomputedContents(folder), events: eventsOf(place).length },
  };
}

const logPath = ({ folder }: LifePlace): string => join(folder, 'events.db');
const readModelsPath = ({ folder }: LifePlace): string => join(folder, 'read-models');

async function openWriter(place: LifePlace): Promise<ReadModelWriter> {
  if (place.mongodbUrl !== undefined) {
    return new MongoReadModelWriter(await MongoConnection.open(place.mongodbUrl));
  }
  mkdirSync(readModelsPath(place), { recursive: true });
  // As a start of the server does: one process alone has the folder.
  freeClaims(readModelsPath(place));
  return new EmbeddedReadModelWriter(readModelsPath(place));
}

function eventsOf({ drawn: { seed, index } }: LifePlace): readonly Recorded[] {
  const [log] = fc.sample(recordedLog, { seed, path: String(index), numRuns: 1 });
  if (log === undefined) throw new Error('there is no such log');
  return log;
}
