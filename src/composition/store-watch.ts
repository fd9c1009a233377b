import { messageWithCauses, PlayheadError } from '../domain/errors.js';
import { SECOND_MS } from '../domain/time.js';
import type { StoreHealth } from '../ports/health.js';
import { Seldom } from '../telemetry/seldom.js';
import type { OperatorLog } from '../ports/operator-log.js';

/** Looks at a store, tells the log of its loss and its return, and keeps what it saw. */
export class StoreWatch implements StoreHealth {
  trouble: string | undefined;
  private lostAt = 0;
  private isLossTold = false;
  private readonly seldom = new Seldom();

  constructor(
    private readonly store: WatchedStore,
    private readonly operatorLog: OperatorLog,
  ) {}

  /** Looks once, which takes as long as the store does; if that is too long, notes the trouble. */
  async look(isOver: () => boolean): Promise<void> {
    const { workedAt } = this.store;
    let heardAt = workedAt?.();
    // Silence is counted, not timed: a paused process could hear nothing.
    let silentMs = 0;
    const listening = setInterval(() => {
      silentMs = workedAt?.() === heardAt ? silentMs + LISTEN_MS : 0;
      heardAt = workedAt?.();
      if (silentMs >= SILENCE_MS_MAX && !isOver()) this.noteSilence();
    }, LISTEN_MS);
    const failure = await this.failure();
    clearInterval(listening);
    if (!isOver()) this.note(failure);
  }

  private noteSilence(): void {
    const { name, place } = this.store;
    const failure = new PlayheadError('STORE_UNAVAILABLE', `${name} does not answer`);
    const cause = new Error(`${place} was silent for ${String(SILENCE_MS_MAX / SECOND_MS)} s`);
    this.note(Object.assign(failure, { cause }));
  }

  private async failure(): Promise<unknown> {
    const { ping } = this.store;
    const startedAt = performance.now();
    try {
      await ping().catch((error: unknown) => {
        if (performance.now() - startedAt > SOON_MS) throw error;
        return ping();
      });
      return undefined;
    } catch (error) {
      return error;
    }
  }

  private note(failure: unknown): void {
    const { name, meanwhile } = this.store;
    const now = performance.now();
    if (failure === undefined) {
      const seconds = Math.round((now - this.lostAt) / SECOND_MS);
      if (this.isLossTold) this.operatorLog.info(`${name} is back, after ${String(seconds)} s`);
      this.isLossTold = false;
      this.trouble = undefined;
      return;
    }
    if (this.trouble === undefined) this.lostAt = now;
    this.trouble = failure instanceof PlayheadError ? failure.message : `${name} failed`;
    const reason = messageWithCauses(failure);
    if (!this.seldom.may(reason)) return;
    this.isLossTold = true;
    this.operatorLog.warn(`${reason}; it is tried again every second, ${meanwhile}`);
  }
}

/**
 * The time that a store may be silent while this process runs. As the store is looked at once a
 * second, its loss is known within 3 s.
 */
const SILENCE_MS_MAX = 1_500;
/** The time in milliseconds between two checks of the silence. */
const LISTEN_MS = 250;
/** A look that fails sooner is tried once more: a cluster may just have changed its leader. */
const SOON_MS = 500;

export interface WatchedStore {
  /** The store's name, as the beginning of a sentence. */
  readonly name: string;
  /** The store's place, for the log. */
  readonly place: string;
  /** Says what the server does while the store is out of reach. */
  readonly meanwhile: string;
  /** Does what the work does; rejects with STORE_UNAVAILABLE. */
  readonly ping: () => Promise<void>;
  /** The time of the store's last work, in milliseconds of the process. */
  readonly workedAt?: () => number;
}
