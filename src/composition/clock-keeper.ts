import { ClockEstimate } from '../adapters/system/clock-estimate.js';
import { machineClock, type MachineClock } from '../adapters/system/machine-clock.js';
import type { NodeClock } from '../adapters/system/node-clock.js';
import { MINUTE_MS, SECOND_MS } from '../domain/time.js';
import type { ClockCheck, StoreClock, TimeBounds } from '../ports/clock.js';
import { Seldom } from '../telemetry/seldom.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { OperatorLog } from '../ports/operator-log.js';

/**
 * Keeps a node's clock by those of its stores, so that all nodes have one time, whatever their
 * machines' clocks show. It moves the node's clock no further than it must: if the machine's own
 * time is within the bounds of the store's, the node uses the machine's.
 */
export class ClockKeeper implements ClockCheck {
  private readonly watched: readonly Watched[];
  private readonly machine: MachineClock;
  private readonly seldom: Seldom;
  /** The time in milliseconds that the machine's time of day is ahead of its monotonic clock. */
  private wallLead: number;
  private jumps = 0;
  private isClosed = false;

  constructor(private readonly options: ClockKeeperOptions) {
    this.machine = options.machine ?? machineClock;
    this.seldom = new Seldom(MINUTE_MS, () => this.machine.monotonic());
    this.wallLead = this.currentWallLead();
    this.watched = options.stores.map((store) => {
      return { store, estimate: new ClockEstimate(), timer: undefined, failure: undefined };
    });
  }

  /** Asks all stores, and goes on asking; resolves when the clock is as right as it gets. */
  static async start(options: ClockKeeperOptions): Promise<ClockKeeper> {
    const keeper = new ClockKeeper(options);
    const looks = Promise.all(keeper.watched.map((watched) => keeper.watch(watched)));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, FIRST_LOOK_MS_MAX);
    });
    await Promise.race([looks, late]);
    clearTimeout(timer);
    keeper.tell();
    return keeper;
  }

  /** Asks all stores once, and sets the clock. */
  async look(): Promise<void> {
    await Promise.all(this.watched.map((watched) => this.ask(watched)));
    this.tell();
  }

  trouble(): string | undefined {
    const [first, second] = this.known();
    if (first === undefined) return this.watched.length === 0 ? undefined : UNKNOWN;
    if (second === undefined) return undefined;
    const apartMs = Math.abs(middleOf(first.bounds) - middleOf(second.bounds));
    if (apartMs <= APART_MS_MAX) return undefined;
    const names = `${first.store} and ${second.store}`;
    return `the clocks of ${names} are ${seconds(apartMs)} apart`;
  }

  close(): void {
    this.isClosed = true;
    for (const { timer } of this.watched) clearTimeout(timer);
  }

  private async watch(watched: Watched): Promise<void> {
    await this.ask(watched);
    if (this.isClosed) return;
    watched.timer = setTimeout(() => {
      void this.watch(watched).then(() => {
        this.tell();
      });
    }, LOOK_MS);
  }

  private async ask(watched: Watched): Promise<void> {
    this.noteJump();
    const { jumps } = this;
    const before = this.machine.monotonic();
    try {
      const { earliest, latest } = await watched.store.read();
      const after = this.machine.monotonic();
      this.noteJump();
      // The machine stood still during the question, so the answer's age is not known.
      if (jumps !== this.jumps) return;
      watched.estimate.take({ earliest: earliest - after, latest: latest - before }, after);
      watched.failure = undefined;
      this.setClock();
    } catch (error) {
      watched.failure = error instanceof Error ? error.message : String(error);
    }
  }

  /**
   * Notes a jump of the time of day. Where somebody set it, nothing changes. Where the machine
   * stood still, the monotonic clock does not show it, and all estimates are out of date.
   */
  private noteJump(): void {
    const lead = this.currentWallLead();
    if (Math.abs(lead - this.wallLead) > JUMP_MS) {
      this.jumps += 1;
      for (const { estimate } of this.watched) estimate.outdate();
    }
    this.wallLead = lead;
  }

  private setClock(): void {
    const [first] = this.known();
    if (first === undefined) return;
    const { earliest, latest } = first.bounds;
    this.options.clock.set(Math.min(Math.max(this.wallLead, earliest), latest));
  }

  /** Shows how far off the machine's clock is, and tells the operator what to do. */
  private tell(): void {
    const known = this.known();
    for (const { store, bounds } of known) {
      this.options.telemetry.clockOff(store, (middleOf(bounds) - this.wallLead) / SECOND_MS);
    }
    const [first] = known;
    const offMs = first === undefined ? 0 : middleOf(first.bounds) - this.wallLead;
    if (first !== undefined && Math.abs(offMs) > OFFSET_MS_TOLD) {
      const off = `${seconds(Math.abs(offMs))} ${offMs > 0 ? 'behind' : 'ahead of'} that of`;
      const remedy = 'by which this node goes: set it right';
      this.tellOnce('off', `this machine's clock is ${off} ${first.store}, ${remedy}`);
    }
    const trouble = this.trouble();
    if (trouble === undefined) return;
    if (trouble === UNKNOWN) this.tellOnce('unknown', `not ready: ${trouble}${this.failures()}`);
    else this.tellOnce('apart', `not ready: ${trouble}; set them right`);
  }

  private failures(): string {
    const causes = this.watched.flatMap(({ store: { store }, failure }) =>
      failure === undefined ? [] : [`${store}: ${failure}`],
    );
    return causes.length === 0 ? '' : ` (${causes.join('; ')})`;
  }

  private tellOnce(reason: string, message: string): void {
    if (this.seldom.may(reason)) this.options.operatorLog.warn(message);
  }

  private known(): readonly { readonly store: string; readonly bounds: TimeBounds }[] {
    const now = this.machine.monotonic();
    return this.watched.flatMap(({ store: { store }, estimate }) => {
      const bounds = estimate.at(now);
      return bounds === undefined ? [] : [{ store, bounds }];
    });
  }

  private currentWallLead(): number {
    return this.machine.wall() - this.machine.monotonic();
  }
}

/** The time between two questions to a store: a clock that was set is noticed that soon. */
const LOOK_MS = SECOND_MS;
/** The longest time that a start waits for the stores' answers; they were in reach a moment ago. */
const FIRST_LOOK_MS_MAX = 5 * SECOND_MS;
/** The log warns of a machine's clock that is off by more; a store's whole seconds are closer. */
const OFFSET_MS_TOLD = 2 * SECOND_MS;
/** Two stores' clocks that are further apart leave no time that a node could go by. */
const APART_MS_MAX = MINUTE_MS;
/** The least move of the time of day against the monotonic clock that counts as a jump. */
const JUMP_MS = SECOND_MS;
const UNKNOWN = 'no store tells what time it is';

export interface ClockKeeperOptions {
  /** The clock to keep right. */
  readonly clock: NodeClock;
  /**
   * The stores to keep the clock by: the first that tells its time counts. Without any, the
   * machine's clock counts.
   */
  readonly stores: readonly StoreClock[];
  readonly operatorLog: Pick<OperatorLog, 'warn'>;
  readonly telemetry: Pick<Telemetry, 'clockOff'>;
  readonly machine?: MachineClock;
}

interface Watched {
  readonly store: StoreClock;
  readonly estimate: ClockEstimate;
  timer: NodeJS.Timeout | undefined;
  /** The reason why the store did not tell its time at the last question. */
  failure: string | undefined;
}

const middleOf = ({ earliest, latest }: TimeBounds): number => (earliest + latest) / 2;

const seconds = (durationMs: number): string => `${(durationMs / SECOND_MS).toFixed(1)} s`;
