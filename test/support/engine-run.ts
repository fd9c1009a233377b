import { generationsOf } from '../contracts/read-model-store.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MemoryEventStore } from './memory/memory-event-store.js';
import { MemoryReadModelStore } from './memory/memory-read-model-store.js';
import { PlayheadError } from '../../src/domain/errors.js';
import type { Recorded } from '../../src/domain/event.js';
import type { Projection } from '../../src/ports/projection.js';
import { CLAIM_MS } from '../../src/ports/read-model/records.js';
import { appendTo } from './event-logs.js';
import { Countdown, intercept, type Around, type Moment } from './interception.js';
import { MemoryProjections } from './memory-projections.js';
import { NOON } from './playback.js';
import { readModelText } from './projector-rig.js';
import { SettableClock } from './settable-clock.js';

/** Something that happens to a server. */
export type Step =
  | { readonly kind: 'append'; readonly count: number }
  /** The projector looks at the store, and nothing else happens for a while. */
  | { readonly kind: 'look'; readonly times: number }
  | { readonly kind: 'rebuild' | 'cancel' | 'retry'; readonly which: number }
  /**
   * `settle` waits until what serves is at the head of the log, `offer` until what fills is, `heal`
   * corrects the fold that cannot take an event.
   */
  | { readonly kind: 'restart' | 'crash' | 'heal' | 'settle' | 'offer' }
  /** One of the next calls of the stores fails. */
  | { readonly kind: 'fail'; readonly call: number; readonly moment: Moment };

export interface EngineSetup {
  readonly events: readonly Recorded[];
  readonly life: readonly Step[];
  readonly batchEventsMax: number;
  /** Which event the first projection cannot take until it is healed; undefined: it can all. */
  readonly poison: number | undefined;
  readonly projections: readonly Projection[];
}

export interface EngineRun {
  /** What the read models hold in the end. */
  readonly text: string;
  /** How much a client saw that polled with an ever-rising `read-after`. */
  readonly totals: readonly number[];
}

/** Lets a server on memory stores go through some steps, and then come to rest. */
export async function runEngine(setup: EngineSetup): Promise<EngineRun> {
  const engine = new Engine(setup);
  await engine.start();
  for (const step of setup.life) await engine.take(step);
  return engine.finish();
}

/** Turns of the event loop in which a small log is surely filled, unless something fails. */
const TURNS_MAX = 300;

/** So often the projector looks at the store at most until all has come to rest. */
const LOOKS_MAX = 500;

const FORESEEN: ReadonlySet<unknown> = new Set(['CONFLICT', 'NOT_FOUND', 'READ_MODEL_BEHIND']);

class Engine {
  private readonly clock = new SettableClock(NOON);
  private readonly log = new MemoryEventStore();
  private readonly store = new MemoryReadModelStore({ clock: this.clock });
  private readonly totals: number[] = [];
  private readonly projections: readonly Projection[];
  private countdown = new Countdown(0, 'before', () => undefined);
  private isPoisoned = true;
  private isDead = false;
  private seen = 0;
  private projector: MemoryProjections | undefined;
  private polling: { isOver: boolean; readonly ended: Promise<void> } | undefined;

  constructor(private readonly setup: EngineSetup) {
    const [first, ...others] = setup.projections;
    const poisonous = setup.poison === undefined ? undefined : setup.events[setup.poison];
    const evolve: Projection['evolve'] = (document, event, key) => {
      const isIt = poisonous?.recordedAt === event.recordedAt && poisonous.type === event.type;
      if (isIt && this.isPoisoned) throw new Error('cannot fold this');
      return first?.evolve(document, event, key);
    };
    this.projections = first === undefined ? [] : [{ ...first, evolve }, ...others];
  }

  async start(): Promise<void> {
    this.isDead = false;
    const around: Around = async (step, call, parameters) => {
      if (this.isDead) throw new Error('the process is gone');
      return this.countdown.around(step, call, parameters);
    };
    const { clock, projections } = this;
    const { batchEventsMax } = this.setup;
    const log = intercept(this.log, around);
    const writer = intercept(this.store.anotherOwner(), around);
    const options = { log, writer, storeId: 'engine', projections, clock, batchEventsMax };
    try {
      this.projector = await MemoryProjections.start(options);
    } catch (error) {
      if (!String(error).includes('failed')) throw error;
      // What it had claimed by then has to run out.
      this.clock.advance(CLAIM_MS + 1);
      return this.start();
    }
    const polling = { isOver: false, ended: Promise.resolve() };
    this.polling = polling;
    polling.ended = this.poll(this.projector, polling);
  }

  async take(step: Step): Promise<void> {
    try {
      await this.attempt(step);
    } catch (error) {
      const isForeseen = error instanceof PlayheadError && FORESEEN.has(error.code);
      if (!isForeseen && !String(error).includes('failed')) throw error;
    }
  }

  async finish(): Promise<EngineRun> {
    this.isPoisoned = false;
    await this.append(this.setup.events.length);
    for (let isAtRest = false, looks = 0; !isAtRest; looks += 1) {
      if (looks > LOOKS_MAX) throw new Error(`no rest: ${JSON.stringify(this.running.progress())}`);
      await this.take({ kind: 'look', times: 1 });
      for (const which of this.projections.keys()) await this.take({ kind: 'retry', which });
      const head = await this.log.head();
      isAtRest = this.running.progress().every(({ scanned, parkedEvents, rebuild }) => {
        return scanned >= head && parkedEvents === 0 && rebuild.building === undefined;
      });
    }
    await this.stop();
    return { text: await readModelText(this.store, this.projections), totals: this.totals };
  }

  private get running(): MemoryProjections {
    if (this.projector === undefined) throw new Error('it is not running');
    return this.projector;
  }

  private async attempt(step: Step): Promise<void> {
    switch (step.kind) {
      case 'append':
        return this.append(step.count);
      case 'look':
        for (let i = 0; i < step.times; i += 1) await this.running.retire(0);
        return;
      case 'rebuild':
        return this.running.rebuild(this.nameOf(step.which));
      case 'cancel':
        return this.running.cancelRebuild(this.nameOf(step.which));
      case 'retry':
        return this.running.retryParked(this.nameOf(step.which));
      case 'settle':
        return this.running.settled();
      case 'offer':
        return this.untilOffered();
      case 'heal':
        this.isPoisoned = false;
        return;
      case 'fail':
        this.countdown = new Countdown(step.call, step.moment, () => {
          throw new Error('failed');
        });
        return;
      case 'crash':
      case 'restart':
        return this.restart(step.kind === 'crash');
    }
  }

  private async restart(isCrash: boolean): Promise<void> {
    await this.endPolling();
    this.isDead = isCrash;
    await this.projector?.stop();
    // After a crash, or where giving them back has failed, the claims have to run out.
    this.clock.advance(CLAIM_MS + 1);
    return this.start();
  }

  private async stop(): Promise<void> {
    await this.endPolling();
    await this.projector?.stop();
  }

  private async append(count: number): Promise<void> {
    const has = await this.log.head();
    await appendTo(this.log, this.setup.events.slice(has, has + count));
  }

  private async untilOffered(): Promise<void> {
    for (const { name, version } of this.projections) {
      const spec = { projection: name, version, storeId: '', indexes: [] };
      const isBuilding = async (): Promise<boolean> => {
        const [stored] = await generationsOf(this.store).look([spec]);
        return stored?.building?.state === 'building';
      };
      for (let turns = 0; turns < TURNS_MAX && (await isBuilding()); turns += 1) await nextTurn();
    }
  }

  private nameOf(which: number): Projection['name'] {
    const { name } = this.projections[which % this.projections.length] ?? {};
    if (name === undefined) throw new Error('there are no projections');
    return name;
  }

  /** A client that wants, each time, what it has seen and what is in the log by now. */
  private async poll(projector: MemoryProjections, polling: { isOver: boolean }): Promise<void> {
    const name = this.nameOf(0);
    while (!polling.isOver) {
      await nextTurn();
      this.seen = Math.max(this.seen, await this.log.head());
      await projector.board.passed([name], this.seen, 60_000);
      const totals = await this.store.snapshot([name], this.seen, async (readers) => {
        const rows = await readers[name].range<object>('', '\u{10ffff}');
        return rows.map(({ key, body }) => this.projections[0]?.measure(body, key).events ?? 0);
      });
      this.totals.push(totals.reduce((sum, one) => sum + one, 0));
    }
  }

  private async endPolling(): Promise<void> {
    if (this.polling !== undefined) this.polling.isOver = true;
    await this.polling?.ended;
  }
}
