import { PROJECTIONS } from '../../projections/index.js';
import { NodeClock } from '../adapters/system/node-clock.js';
import { DAY_MS } from '../domain/time.js';
import { LOG_START } from '../ports/event-store.js';
import { LogVocabulary } from '../ports/log-vocabulary.js';
import type { VerificationReport } from '../ports/projection-administration.js';
import { projectionNamed, type ProjectionName } from '../ports/projection.js';
import type { ReadModelReader } from '../ports/read-model/reader.js';
import { NO_KEY } from '../projector/fold.js';
import { verify } from '../projector/verify.js';
import { openProjectedLog } from './event-stores.js';
import { WrongPrefix } from './wrong-settings.js';
import { knownLog } from './log-identity.js';
import type { Locations } from './locations.js';
import { openReadModels, openReadModelWriter } from './read-models.js';

/** The read model to verify, and the places to do it. */
export interface VerificationTask {
  readonly locations: Locations;
  /** The stream that holds the log's identity and the vocabulary that it announces. */
  readonly metaStream: string;
  readonly name: string;
  /** Undefined if read models keep everything. */
  readonly retentionDays: number | undefined;
  /** The clock of the node that verifies; undefined outside a node. */
  readonly sharedClock?: SharedArrayBuffer;
  /** An empty folder that its owner removes after the verification. */
  readonly scratch: string;
}

/** The report of a verification, and the events of the log that could not be read for it. */
export interface StoresReport extends VerificationReport {
  readonly unread: {
    readonly events: number;
    /** The position of the first unread event. */
    readonly first: number | undefined;
  };
}

export interface VerificationWatch {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Verifies a read model on its stores while others write them; it changes nothing there. */
export async function verifyStores(
  { locations, metaStream, name, retentionDays, sharedClock, scratch }: VerificationTask,
  watch: VerificationWatch = {},
): Promise<StoresReport> {
  const projection = projectionNamed(PROJECTIONS, name);
  const clock = new NodeClock(sharedClock);
  const closers: (() => Promise<void>)[] = [];
  try {
    const { log } = await openProjectedLog(locations.log);
    closers.push(() => log.close());
    if ((await knownLog(log, metaStream)) === undefined) throw new WrongPrefix();
    const opened = await openReadModels(locations.readModels, clock);
    closers.push(() => opened.close());
    const own = { kind: 'embedded', folder: scratch } as const;
    const writer = await openReadModelWriter(own, 'verify');
    closers.push(() => writer.close());
    const scratchReader = await openReadModels(own, clock);
    closers.push(() => scratchReader.close());
    const earliest = retentionDays === undefined ? 0 : clock.now() - retentionDays * DAY_MS;
    const scratchPlace = { writer, reader: scratchReader.reader };
    const vocabulary = new LogVocabulary(log, metaStream);
    const places = { log, vocabulary, reader: opened.reader, scratch: scratchPlace };
    const report = await verify({ projection, clock, earliest, ...places, ...watch });
    return { ...report, unread: await unreadBy(scratchReader.reader, projection.name) };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Counts the events of the log that the fold into the scratch folder could not read. */
async function unreadBy(
  reader: ReadModelReader,
  name: ProjectionName,
): Promise<StoresReport['unread']> {
  const parked = await reader.snapshot([name], LOG_START, (readers) => readers[name].parked());
  const positions = parked.filter(({ key }) => key === NO_KEY).map(({ position }) => position);
  return { events: positions.length, first: positions.sort((a, b) => a - b)[0] };
}
