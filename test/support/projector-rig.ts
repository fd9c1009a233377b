import { PROJECTIONS } from '../../projections/index.js';
import { MemoryReadModelStore } from './memory/memory-read-model-store.js';
import { isLogEvent, type Recorded } from '../../src/domain/event.js';
import type { Clock } from '../../src/ports/clock.js';
import type { EventLog } from '../../src/ports/event-store.js';
import type { Projection, ProjectionName } from '../../src/ports/projection.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import { documentsOf, MemoryProjections } from './memory-projections.js';
import { NOON } from './playback.js';
import { project } from './project.js';
import { SettableClock } from './settable-clock.js';

/** The log that the projectors of tests fold. */
export const STORE_ID = '3d5b7a8e-2c63-4a43-9b0d-5a0f7c9e1d22';

export interface ProjectorSetup {
  readonly log: EventLog;
  readonly storeId?: string;
  readonly writer?: ReadModelWriter;
  readonly projections?: readonly Projection[];
  readonly batchEventsMax?: number;
  readonly readMsMax?: number;
  readonly stuckMs?: number;
  readonly isRestart?: boolean;
  readonly clock?: Clock;
}

/** Gives the tests of a file projectors that are stopped after each of them. */
export function projectors(): (setup: ProjectorSetup) => Promise<MemoryProjections> {
  const running: MemoryProjections[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
  });
  return async (setup) => {
    const { log, writer = new MemoryReadModelStore(), batchEventsMax } = setup;
    const started = await MemoryProjections.start({
      log,
      writer,
      storeId: setup.storeId ?? STORE_ID,
      projections: setup.projections ?? PROJECTIONS,
      clock: setup.clock ?? new SettableClock(NOON),
      ...(setup.isRestart !== undefined && { isRestart: setup.isRestart }),
      ...(batchEventsMax !== undefined && { batchEventsMax }),
      readMsMax: setup.readMsMax,
      stuckMs: setup.stuckMs,
    });
    running.push(started);
    return started;
  };
}

/** All documents of some projections as text, to be compared byte for byte. */
export async function readModelText(
  store: MemoryReadModelStore,
  projections: readonly Projection[] = PROJECTIONS,
): Promise<string> {
  const models: [string, [string, object][]][] = [];
  for (const { name } of projections) {
    models.push([name, sorted(await documentsOf(store, name))]);
  }
  return JSON.stringify(models);
}

/** What that text is after all events were folded in one pass. */
export const onePassText = (
  events: readonly Recorded[],
  projections: readonly Projection[] = PROJECTIONS,
): string =>
  JSON.stringify(projections.map((one) => [one.name, sorted(project(one, events))] as const));

function sorted(documents: Readonly<Record<string, object>>): [string, object][] {
  return Object.entries(documents).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** How many events a media item has, in one document each: the simplest read model. */
export function counting(name: ProjectionName, version = 1): Projection<{ count: number }> {
  return {
    name,
    version,
    indexes: [],
    keysOf: (event) => (isLogEvent(event) ? [] : [event.data.mediaId]),
    evolve: (document) => ({ count: (document?.count ?? 0) + 1 }),
    indexValuesOf: () => ({}),
    measure: ({ count }) => ({ count }),
  };
}
