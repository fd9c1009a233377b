import { generationsOf } from '../contracts/read-model-store.js';
import { NOTHING_PARKED, summaryOf } from '../../src/ports/parked-summary.js';
import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { PlayheadError } from '../../src/domain/errors.js';
import { NO_STREAM } from '../../src/ports/event-store.js';
import type { ProjectionControl, ProjectionLag } from '../../src/ports/projection-control.js';
import { NO_PROGRESS, type Generation } from '../../src/ports/read-model/generation.js';
import { meteredEventStore } from '../../src/telemetry/metered-event-store.js';
import { meteredProjectionControl } from '../../src/telemetry/metered-projection-control.js';
import {
  meteredReadModelWriter,
  type MeteredReadModelWriter,
} from '../../src/telemetry/metered-read-model-writer.js';
import { Telemetry } from '../../src/telemetry/telemetry.js';

/** The lines of one metric, without those of buckets and sums. */
async function linesOf(telemetry: Telemetry, name: string): Promise<readonly string[]> {
  const text = await telemetry.registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(name) && !/_(bucket|sum)\b/.test(line));
}

const event = (id: string) => ({ id, type: 'heartbeat', version: 1, recordedAt: 0, data: {} });

test('an append is measured once, and each of its streams by its outcome', async () => {
  const telemetry = new Telemetry();
  const faults = { tell: () => undefined };
  const store = meteredEventStore(new MemoryEventStore(), telemetry, faults, undefined);
  const append = (stream: string, id: string) => ({
    stream,
    expectedRevision: NO_STREAM,
    events: [event(id)],
  });
  await store.append([append('a', '1'), append('b', '2')]);
  await store.append([append('a', '3')]);
  expect(await linesOf(telemetry, 'playhead_append')).toEqual([
    'playhead_append_duration_seconds_count 2',
    'playhead_appends_total{outcome="appended"} 2',
    'playhead_appends_total{outcome="conflict"} 1',
  ]);
});

describe('a wait for read models', () => {
  const control = (passed: () => Promise<void>) => {
    const telemetry = new Telemetry();
    const inner = { passed } as unknown as ProjectionControl;
    return { telemetry, metered: meteredProjectionControl(inner, telemetry) };
  };

  it('is measured, whether it was in time or not', async () => {
    const { telemetry, metered } = control(() => Promise.resolve());
    await metered.passed(['bandwidth'], 1, 1);
    expect(await linesOf(telemetry, 'playhead_read_after')).toEqual([
      'playhead_read_after_wait_seconds_count 1',
      'playhead_read_after_timeouts_total 0',
    ]);
    const late = control(() => Promise.reject(new PlayheadError('READ_MODEL_BEHIND', 'late')));
    await expect(late.metered.passed(['bandwidth'], 1, 1)).rejects.toThrow('late');
    expect(await linesOf(late.telemetry, 'playhead_read_after')).toEqual([
      'playhead_read_after_wait_seconds_count 1',
      'playhead_read_after_timeouts_total 1',
    ]);
  });

  it('that failed otherwise is no wait', async () => {
    const { telemetry, metered } = control(() => Promise.reject(new Error('the store')));
    await expect(metered.passed(['bandwidth'], 1, 1)).rejects.toThrow('the store');
    expect(await linesOf(telemetry, 'playhead_read_after')).toEqual([
      'playhead_read_after_wait_seconds_count 0',
      'playhead_read_after_timeouts_total 0',
    ]);
  });
});

describe('a commit of a read model', () => {
  const spec = {
    projection: 'bandwidth',
    version: 1,
    storeId: 'log',
    indexes: [],
    settings: {},
  } as const;
  const commit = (writer: MeteredReadModelWriter, held: Generation, eventsSeen: number) =>
    writer.commit(held, {
      puts: [],
      deletes: [],
      checkpoint: eventsSeen,
      checkpointId: undefined,
      totals: {},
      parked: { puts: [], deletes: [] },
      progress: { ...NO_PROGRESS, eventsSeen },
    });

  it('is measured with the events that it took in, none of them twice', async () => {
    const store = new MemoryReadModelStore();
    const writer = meteredReadModelWriter(store);
    const started = await generationsOf(writer).start(spec, {
      replacing: undefined,
      servesFrom: 0,
    });
    if (started === undefined) throw new Error('nothing was started');
    const held = await commit(writer, started, 7);
    await writer.renew(held, { ...NO_PROGRESS, eventsSeen: 10 });
    await commit(writer, held, 15);
    const measured = writer.takeMeasurements();
    expect(measured.map(({ projection, events }) => [projection, events])).toEqual([
      ['bandwidth', 7],
      ['bandwidth', 5],
    ]);
    for (const { seconds } of measured) expect(seconds).toBeLessThan(10);
    expect(writer.takeMeasurements()).toEqual([]);
  });

  it('that is the first after a takeover says nothing of the events before it', async () => {
    const store = new MemoryReadModelStore();
    const other = meteredReadModelWriter(store);
    const started = await generationsOf(other).start(spec, { replacing: undefined, servesFrom: 0 });
    if (started === undefined) throw new Error('nothing was started');
    const held = await commit(other, started, 1_000_000);
    const writer = meteredReadModelWriter(store);
    const next = await commit(writer, held, 1_000_003);
    await generationsOf(writer).look([spec]);
    await commit(writer, next, 1_000_004);
    expect(writer.takeMeasurements().map(({ events }) => events)).toEqual([undefined, 1]);
  });
});

test('a rebuild is shown while it runs, and not afterwards', async () => {
  const telemetry = new Telemetry();
  const lag = {
    name: 'bandwidth',
    lagSeconds: 2.5,
    parkedEvents: 3,
    newerEvents: 7,
    parked: summaryOf([
      { position: 9, key: '', reason: 'UndecodableEvent: has no mediaId', parkedAt: 1 },
      { position: 7, key: 'a', reason: 'Error: no', parkedAt: 1 },
      { position: 8, key: 'a', reason: 'an earlier one waits', parkedAt: 1 },
      { position: 1, key: 'b', reason: 'Error: no', parkedAt: 1, skipped: 'a test' },
    ]),
    isStopped: true,
  };
  telemetry.show([{ ...lag, rebuildShare: 0.25 } as ProjectionLag]);
  expect(await linesOf(telemetry, 'playhead_projection')).toEqual([
    'playhead_projection_lag_seconds{projection="bandwidth"} 2.5',
    'playhead_projection_parked_events{projection="bandwidth"} 3',
    'playhead_projection_parked_cause_events{projection="bandwidth",cause="damaged"} 0',
    'playhead_projection_parked_cause_events{projection="bandwidth",cause="malformed"} 1',
    'playhead_projection_parked_cause_events{projection="bandwidth",cause="unknown"} 0',
    'playhead_projection_parked_cause_events{projection="bandwidth",cause="fold"} 2',
    'playhead_projection_parked_position{projection="bandwidth"} 7',
    'playhead_projection_newer_events{projection="bandwidth"} 7',
    'playhead_projection_rebuild_ratio{projection="bandwidth"} 0.25',
    'playhead_projection_up{projection="bandwidth"} 0',
  ]);
  const parked = NOTHING_PARKED;
  telemetry.show([{ ...lag, parked, rebuildShare: undefined } as ProjectionLag]);
  expect(await linesOf(telemetry, 'playhead_projection_parked_position')).toEqual([]);
  expect(await linesOf(telemetry, 'playhead_projection_rebuild_ratio')).toEqual([]);
});
