import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { SECOND_MS } from '../../src/domain/time.js';
import type { EventLog, LogPage } from '../../src/ports/event-store.js';
import { NOTHING_PARKED } from '../../src/ports/parked-summary.js';
import type { ProjectionProgress } from '../../src/ports/projection-control.js';
import { NO_PROGRESS } from '../../src/ports/read-model/generation.js';
import { lagOf } from '../../src/projector/lag.js';
import { appendTo, logOf, LogView } from '../support/event-logs.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting, onePassText, projectors, readModelText } from '../support/projector-rig.js';
import { SettableClock } from '../support/settable-clock.js';

const newProjector = projectors();
const NEVER = new Promise<never>(() => undefined);
const events = [1, 2, 3].map((i) => stored('heartbeat', { eventId: String(i) }, NOON + i));

/** A log of which some reads never come back. */
class Silent extends LogView {
  constructor(
    log: EventLog,
    public isSilent: (after: number) => boolean,
  ) {
    super(log);
  }

  override readAll(after: number, limit: number): Promise<LogPage> {
    return this.isSilent(after) ? NEVER : super.readAll(after, limit);
  }
}

const told = (change: Partial<ProjectionProgress>, heardAt = NOON) => ({
  heardAt,
  progress: [
    {
      name: 'bandwidth' as const,
      version: 1,
      ...NO_PROGRESS,
      servesFrom: 0,
      generation: 1,
      owner: undefined,
      newerEvents: 0,
      parked: NOTHING_PARKED,
      rebuild: { building: undefined, outcome: undefined, hasPrevious: false },
      ...change,
    },
  ],
});

/** The lag as it is shown so many seconds after noon. */
async function lagAfter(
  seconds: number,
  log: EventLog,
  change: Partial<ProjectionProgress>,
): Promise<number | undefined> {
  const [lag] = await lagOf(told(change), log, new SettableClock(NOON + seconds * SECOND_MS));
  return lag?.lagSeconds;
}

describe('the lag', () => {
  it('is none at the head of the log, however long nothing was heard', async () => {
    expect(await lagAfter(3_600, await logOf(events), { scanned: 3 })).toBe(0);
    expect(await lagAfter(3_600, new MemoryEventStore(), {})).toBe(0);
  });

  it('is the age of the oldest event not applied, whatever the projector says', async () => {
    const log = await logOf(events);
    expect(await lagAfter(10, log, { scanned: 1 })).toBe(9.998);
    expect(await lagAfter(10, log, { scanned: 1, behindSince: NOON + 4_000 })).toBe(6);
  });

  it('grows while neither log nor projector is heard of', async () => {
    class OutOfReach extends LogView {
      override head(): Promise<number> {
        return NEVER;
      }
    }
    const log = new OutOfReach(await logOf(events));
    const [soon, later] = await Promise.all([lagAfter(4, log, {}), lagAfter(60, log, {})]);
    expect([soon, later]).toEqual([0, 60]);
  });
});

/** As of when the read model is so many seconds after noon, in seconds after noon. */
async function asOf(
  seconds: number,
  log: EventLog,
  change: Partial<ProjectionProgress>,
): Promise<number> {
  const [lag] = await lagOf(told(change), log, new SettableClock(NOON + seconds * SECOND_MS));
  return ((lag?.asOf ?? NaN) - NOON) / SECOND_MS;
}

describe('what is applied as of a time', () => {
  it('is everything up to now at the head of the log', async () => {
    expect(await asOf(3_600, await logOf(events), { scanned: 3 })).toBe(3_600);
  });

  it('is what was recorded before the oldest event not applied', async () => {
    const log = await logOf(events);
    expect(await asOf(10, log, { scanned: 1 })).toBe(0.002);
    expect(await asOf(10, log, { scanned: 1, behindSince: NOON + 4_000 })).toBe(4);
    expect(await asOf(60, log, { scanned: 1, isStopped: true, behindSince: NOON + 1 })).toBe(0.001);
  });

  it('is not what lies ahead by the clock of another node', async () => {
    expect(await asOf(10, await logOf(events), { behindSince: NOON + 60_000 })).toBe(10);
  });

  it('is what the projector last said while the log is out of reach', async () => {
    class OutOfReach extends LogView {
      override head(): Promise<number> {
        return NEVER;
      }
    }
    const log = new OutOfReach(await logOf(events));
    expect(await Promise.all([asOf(4, log, { scanned: 3 }), asOf(60, log, {})])).toEqual([0, 0]);
  });
});

describe('a log that falls silent', () => {
  it('is asked anew by the projector, which is behind meanwhile', async () => {
    let silences = 2;
    const log = new Silent(await logOf(events.slice(0, 1)), () => {
      silences -= 1;
      return silences >= 0;
    });
    const writer = new MemoryReadModelStore();
    const projections = [counting('bandwidth')] as never;
    const projector = await newProjector({ log, writer, projections, readMsMax: 30 });
    await projector.until(([one]) => one?.behindSince !== undefined);
    await projector.until(([one]) => one?.behindSince === undefined && one?.scanned === 1);
    const failure = 'PlayheadError: a read of the log took longer than 0.03 s';
    expect(projector.failures).toEqual([
      { message: failure, isFinal: false },
      { message: failure, isFinal: false },
    ]);
  });

  it('is asked anew by a rebuild', async () => {
    const log = await logOf(events);
    let silences = 0;
    const silent = new Silent(log, () => {
      silences -= 1;
      return silences >= 0;
    });
    const writer = new MemoryReadModelStore();
    const projections = [counting('bandwidth')] as never;
    const setup = { log: silent, writer, projections, readMsMax: 30 };
    const projector = await newProjector(setup);
    await projector.settled();
    silences = 3;
    await projector.rebuild('bandwidth');
    await projector.until(([one]) => one?.rebuild.outcome?.kind === 'switched');
    expect(projector.failures.length).toBeGreaterThanOrEqual(3);
    await appendTo(log, [stored('heartbeat', { eventId: '4' }, NOON + 4)]);
    await projector.settled();
    const all = [...events, stored('heartbeat', { eventId: '4' }, NOON + 4)];
    expect(await readModelText(writer, projections)).toBe(onePassText(all, projections));
  });
});
