import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import type { Recorded } from '../../src/domain/event.js';
import type { EventStore } from '../../src/ports/event-store.js';
import type { Projection } from '../../src/ports/projection.js';
import { CLAIM_MS } from '../../src/ports/read-model/records.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import { Countdown, intercept, type Moment } from '../support/interception.js';
import { live } from '../support/life.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting, onePassText, readModelText } from '../support/projector-rig.js';
import { SettableClock } from '../support/settable-clock.js';

/** Runs side by side: they mostly wait. */
const AT_ONCE = 25;
/** More calls than a run makes are a run that does not end. */
const CALLS_MAX = 1_000;
/** The calls that every life makes. */
const NAMES = ['records', 'write', 'make', 'drop', 'dropStrays', 'load', 'commit', 'renew'].concat([
  'append',
  'readAll',
  'readAt',
  'head',
  'parked',
  'retire',
]);

const beat = (i: number): Recorded =>
  stored('heartbeat', { mediaId: `m${String(i % 3)}`, eventId: String(i) }, NOON + i);
const beats = (from: number, to: number): readonly Recorded[] =>
  Array.from({ length: to - from }, (_, i) => beat(from + i));
const events = beats(0, 14);
/** The events that are there at the beginning. */
const BEFORE = 7;

const projections = [
  counting('bandwidth'),
  counting('popularity'),
] as unknown as readonly Projection[];

/** What two processes share, one after the other. */
class Stores {
  private readonly clock = new SettableClock(NOON);
  private readonly log = new MemoryEventStore();
  private readonly store = new MemoryReadModelStore({ clock: this.clock });

  /** A life on ports that may fail. */
  live({ around }: Countdown): Promise<void> {
    const log = intercept<EventStore>(this.log, around);
    const writer = intercept<ReadModelWriter>(this.store.anotherOwner(), around);
    return live({ log, writer, clock: this.clock, projections, events, before: BEFORE });
  }

  /** Another process finds what the first one left, and what it comes to in the end. */
  async goOn(): Promise<string> {
    this.clock.advance(CLAIM_MS + 1);
    await this.live(new Countdown(0, 'before', () => undefined));
    return readModelText(this.store, projections);
  }
}

interface Ended {
  readonly step: string | undefined;
  readonly text: string;
}

/** A life that fails at its n-th call, or its n-th of a name, and another that goes on. */
async function failAt(n: number, moment: Moment, name?: string): Promise<Ended> {
  const stores = new Stores();
  const strike = (step: string): void => {
    throw new Error(`failed ${moment} ${step}`);
  };
  const countdown = new Countdown(n, moment, strike, name);
  try {
    await stores.live(countdown);
  } catch (error) {
    if (!String(error).includes(`failed ${moment} `)) throw error;
  }
  return { step: countdown.step, text: await stores.goOn() };
}

describe('a store that fails at its n-th call, for n = 1, 2, ... until the run completes', () => {
  test.each(['before', 'after'] as const)(
    '%s it takes effect: another process makes the same of it as one pass does',
    async (moment) => {
      const steps = new Set<string>();
      const check = (call: string, { step, text }: Ended): void => {
        const name = `${call}: ${String(step)}`;
        expect(`${name} ${text}`).toBe(`${name} ${onePassText(events, projections)}`);
        if (step !== undefined) steps.add(step);
      };
      for (let n = 1; n < CALLS_MAX; n += AT_ONCE) {
        const ended = await Promise.all(
          Array.from({ length: AT_ONCE }, (_, i) => failAt(n + i, moment)),
        );
        for (const [i, life] of ended.entries()) check(String(n + i), life);
        // How often a life asks and renews depends on the machine: some need a call more.
        if (ended.every(({ step }) => step === undefined)) break;
      }
      // For the same reason the one call of a name may have been the n-th in none of them.
      for (const name of NAMES) {
        if (!steps.has(name)) check(`first ${name}`, await failAt(1, moment, name));
      }
      expect([...steps]).toEqual(expect.arrayContaining(NAMES));
    },
  );
});
