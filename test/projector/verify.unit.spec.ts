import { sessions } from '../../projections/sessions.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import type { Recorded } from '../../src/domain/event.js';
import { DAY_MS } from '../../src/domain/time.js';
import type { EventLog } from '../../src/ports/event-store.js';
import type { VerificationReport } from '../../src/ports/projection-administration.js';
import { RETIRES_AT, type Projection } from '../../src/ports/projection.js';
import { POSITIONS_MAX, verify } from '../../src/projector/verify.js';
import { testVocabulary } from '../support/test-log.js';
import { appendStored, appendTo, logOf } from '../support/event-logs.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting, projectors } from '../support/projector-rig.js';
import { SettableClock } from '../support/settable-clock.js';

const newProjector = projectors();
const clock = new SettableClock(NOON);

const beat = (i: number, mediaId = `m${String(i % 3)}`): Recorded =>
  stored('heartbeat', { mediaId, eventId: String(i) }, NOON + i);
const beats = (count: number): readonly Recorded[] =>
  Array.from({ length: count }, (_, i) => beat(i));

/** The same counter, changed. */
const counter = (change: Partial<Projection> = {}): Projection => ({
  ...counting('bandwidth'),
  ...change,
});

/** Folds a log by one code, and verifies what came of it by another. */
async function foldThenVerify(
  log: EventLog,
  { by, now, earliest = 0 }: { by: Projection; now: Projection; earliest?: number },
): Promise<VerificationReport> {
  const reader = new MemoryReadModelStore();
  const projector = await newProjector({ log, writer: reader, projections: [by] });
  await projector.settled();
  await projector.stop();
  return verifyBy(now, log, reader, earliest);
}

function verifyBy(
  projection: Projection,
  log: EventLog,
  reader: MemoryReadModelStore,
  earliest = 0,
): Promise<VerificationReport> {
  const own = new MemoryReadModelStore();
  const scratch = { writer: own, reader: own };
  return verify({
    projection,
    log,
    vocabulary: testVocabulary(log),
    reader,
    scratch,
    clock,
    earliest,
  });
}

const failingAt =
  (recordedAt: number): Projection['evolve'] =>
  (document, event, key) => {
    if (event.recordedAt === recordedAt) throw new Error('cannot fold this');
    return counter().evolve(document, event, key);
  };

describe('a verification', () => {
  it('finds nothing where the read model is as the log says', async () => {
    const log = await logOf(beats(9));
    expect(await foldThenVerify(log, { by: counter(), now: counter() })).toEqual({
      name: 'bandwidth',
      version: 1,
      checkpoint: await log.head(),
      documents: 3,
      differing: 0,
      parked: 0,
      first: undefined,
    });
  });

  it('names the first document that differs, both ways, and the events behind it', async () => {
    const log = await logOf(beats(9));
    const evolve: Projection['evolve'] = (document, _, key) =>
      key === 'm0' ? (document ?? { count: 3 }) : { count: 100 };
    const report = await foldThenVerify(log, { by: counter({ evolve }), now: counter() });
    expect(report).toMatchObject({ documents: 3, differing: 2, parked: 0 });
    expect(report.first).toEqual({
      key: 'm1',
      expected: '{"count":3}',
      found: '{"count":100}',
      positions: [2, 5, 8],
      isCut: false,
    });
  });

  it('names one that is missing, and one that should not be there', async () => {
    const log = await logOf(beats(9));
    const missing = await foldThenVerify(log, {
      by: counter({ keysOf: () => ['m0'] }),
      now: counter(),
    });
    expect(missing).toMatchObject({ documents: 3, differing: 3 });
    const keysOf: Projection['keysOf'] = (event) => [...counter().keysOf(event), 'm00'];
    const surplus = await foldThenVerify(log, { by: counter({ keysOf }), now: counter() });
    expect(surplus).toMatchObject({ documents: 4, differing: 1 });
    expect(surplus.first).toMatchObject({ key: 'm00', found: '{"count":9}', positions: [] });
    expect(surplus.first?.expected).toBeUndefined();
  });

  it('says where it cuts the list of events', async () => {
    const log = await logOf(Array.from({ length: POSITIONS_MAX + 1 }, (_, i) => beat(i, 'm0')));
    const evolve = () => ({ count: 0 });
    const { first } = await foldThenVerify(log, { by: counter({ evolve }), now: counter() });
    expect(first?.isCut).toBe(true);
    expect(first?.positions).toEqual(Array.from({ length: POSITIONS_MAX }, (_, i) => i + 1));
  });

  it('tells sums apart that lack what is parked of the documents that they are over', async () => {
    const log = await logOf([
      stored('session_start', { sessionId: 's1' }, NOON),
      stored('heartbeat', { sessionId: 's1', eventId: 'e2', durationMs: 5 }, NOON + 1),
      stored('session_start', { sessionId: 's2', mediaId: 'm2' }, NOON + 2),
    ]);
    const real = sessions as unknown as Projection;
    const evolve: Projection['evolve'] = (...call) => {
      if (call[1].recordedAt === NOON + 1) throw new Error('cannot fold this');
      return real.evolve(...call);
    };
    const report = await foldThenVerify(log, { by: { ...real, evolve }, now: real });
    // The session, and by hour and day what is counted of its title and of all; no minute before.
    expect(report).toMatchObject({ differing: 0, parked: 7, first: undefined });
    const wrong: Projection['evolve'] = (document, event, ...rest) =>
      real.evolve(document, { ...event, data: { ...event.data, bytes: 1 } } as Recorded, ...rest);
    const differing = await foldThenVerify(log, { by: { ...real, evolve: wrong }, now: real });
    expect(differing.differing).toBeGreaterThan(0);
  });

  it('tells documents apart whose events are parked', async () => {
    const log = await logOf(beats(9));
    const evolve = failingAt(NOON + 4);
    const report = await foldThenVerify(log, { by: counter({ evolve }), now: counter() });
    expect(report).toMatchObject({ documents: 3, differing: 0, parked: 1, first: undefined });
  });

  it('tells them apart also where the event could not be read then, and can be now', async () => {
    const log = await logOf(beats(4));
    const keysOf: Projection['keysOf'] = (event) => {
      if (event.recordedAt === NOON + 1) throw new Error('cannot read this');
      return counter().keysOf(event);
    };
    const report = await foldThenVerify(log, { by: counter({ keysOf }), now: counter() });
    expect(report).toMatchObject({ differing: 0, parked: 1 });
  });

  it('parks as the projector does what nobody can read', async () => {
    const log = await logOf(beats(3));
    const event = { id: 'x', type: 'from_the_future', version: 1, recordedAt: NOON, data: {} };
    await appendStored(log, 'future', event);
    await appendTo(log, [beat(3)]);
    const report = await foldThenVerify(log, { by: counter(), now: counter() });
    expect(report).toMatchObject({ documents: 3, differing: 0, parked: 0, checkpoint: 5 });
  });

  it('leaves out what lies beyond retention', async () => {
    const log = await logOf(beats(9));
    const indexValuesOf: Projection['indexValuesOf'] = (_, key) => ({
      [RETIRES_AT]: key === 'm1' ? NOON - DAY_MS : NOON + DAY_MS,
    });
    const now = counter({ indexes: [RETIRES_AT], indexValuesOf });
    const by = { ...now, keysOf: (event: Recorded) => now.keysOf(event).filter((k) => k !== 'm1') };
    const report = await foldThenVerify(log, { by, now, earliest: NOON });
    expect(report).toMatchObject({ documents: 2, differing: 0 });
    expect(await foldThenVerify(log, { by, now })).toMatchObject({ documents: 3, differing: 1 });
  });

  it('leaves out what retention took, whatever it is now, and nothing else', async () => {
    const log = await logOf(beats(9));
    const reader = new MemoryReadModelStore();
    const indexValuesOf: Projection['indexValuesOf'] = (_, key) => ({
      [RETIRES_AT]: key === 'm1' ? NOON - DAY_MS : NOON + DAY_MS,
    });
    const now = counter({ indexes: [RETIRES_AT], indexValuesOf });
    const by = { ...now, keysOf: (event: Recorded) => now.keysOf(event).filter((k) => k !== 'm2') };
    const projector = await newProjector({ log, writer: reader, projections: [by] });
    await projector.settled();
    await projector.retire(NOON);
    await projector.stop();
    const report = await verifyBy(now, log, reader);
    expect(report).toMatchObject({ documents: 2, differing: 1, first: { key: 'm2' } });
  });

  it('compares at the checkpoint, however much further the log is', async () => {
    const log = await logOf(beats(9));
    const reader = new MemoryReadModelStore();
    const projector = await newProjector({ log, writer: reader, projections: [counter()] });
    await projector.settled();
    await projector.stop();
    await appendTo(log, beats(20));
    expect(await verifyBy(counter(), log, reader)).toMatchObject({ checkpoint: 9, differing: 0 });
  });

  it('goes through more documents than it holds in memory, in the order of bytes', async () => {
    const names = [...Array(1_300).keys()].map((i) =>
      i % 2 ? `\ufffd${String(i)}` : `😀${String(i)}`,
    );
    const log = await logOf(names.map((mediaId, i) => beat(i, mediaId)));
    const by = counter({
      evolve: (_, __, key) => ({ count: key === '😀998' ? 2 : 1 }),
    });
    const report = await foldThenVerify(log, { by, now: counter() });
    expect(report).toMatchObject({ documents: 1_300, differing: 1, first: { key: '😀998' } });
  });

  it('of a read model that is ahead of the log is refused', async () => {
    const reader = new MemoryReadModelStore();
    const log = await logOf(beats(9));
    const projector = await newProjector({ log, writer: reader, projections: [counter()] });
    await projector.settled();
    await projector.stop();
    const shorter = await logOf(beats(5));
    await expect(verifyBy(counter(), shorter, reader)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
