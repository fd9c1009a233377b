import { END, streamNameFilter, type AllStreamSubscription } from '@eventstore/db-client';
import { backOffMs } from '../../../domain/back-off.js';
import type { Unsubscribe } from '../../../ports/event-store.js';
import type { EventStoreDbConnection } from './connection.js';

/**
 * Wakes listeners as there may be new events of our streams. A subscription is only a hint: the
 * first event ends it, since all of them would cost as much as reading the log. Each beginning of a
 * subscription is a wake-up too, for events that came while it did not listen.
 */
export class AppendWakeUps {
  private readonly listeners = new Set<() => void>();
  private subscription: AllStreamSubscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failuresInARow = 0;

  constructor(
    private readonly connection: EventStoreDbConnection,
    private readonly prefix: string,
  ) {}

  onAppended(listener: () => void): Unsubscribe {
    const entry = (): void => {
      listener();
    };
    if (this.listeners.size === 0) this.listen();
    this.listeners.add(entry);
    return () => {
      this.listeners.delete(entry);
      if (this.listeners.size === 0) this.rest();
    };
  }

  close(): void {
    this.listeners.clear();
    this.rest();
  }

  private listen(): void {
    const filter = streamNameFilter({ prefixes: [this.prefix] });
    const subscription = this.connection.client.subscribeToAll({ fromPosition: END, filter });
    const leave = this.connection.wayOut();
    this.subscription = subscription;
    const beganAt = performance.now();
    let quietMs = QUIET_MS_MIN;
    subscription.on('confirmation', () => {
      if (this.subscription !== subscription) return;
      clearTimeout(this.timer);
      const wantedMs = QUIET_FACTOR * (performance.now() - beganAt);
      quietMs = Math.min(QUIET_MS_MAX, Math.max(QUIET_MS_MIN, wantedMs));
      this.failuresInARow = 0;
      this.wake();
    });
    subscription.on('data', () => {
      if (this.subscription !== subscription) return;
      this.wake();
      this.listenAgain(quietMs);
    });
    const onEnd = (): void => {
      if (this.subscription !== subscription) return;
      this.listenAgain(backOffMs(RECONNECT, this.failuresInARow));
      this.failuresInARow += 1;
    };
    // An error may come late, or twice; an error without a listener ends the process.
    subscription.on('error', onEnd);
    subscription.on('end', onEnd);
    this.timer = setTimeout(() => {
      leave();
      onEnd();
    }, CONFIRM_MS_MAX);
  }

  private listenAgain(pauseMs: number): void {
    this.rest();
    if (this.listeners.size === 0) return;
    this.timer = setTimeout(() => {
      this.listen();
    }, pauseMs);
  }

  private rest(): void {
    const { subscription } = this;
    this.subscription = undefined;
    clearTimeout(this.timer);
    // This rejects if the subscription could not begin, which its error has told.
    subscription?.unsubscribe().catch(() => undefined);
  }

  private wake(): void {
    for (const listener of this.listeners) listener();
  }
}

/** The pause between a wake-up and listening again; the woken one looks for the events itself. */
const QUIET_MS_MIN = 25;
const QUIET_MS_MAX = 250;
/**
 * The pause in multiples of the time that the server took to confirm. The server sends all that is
 * appended until it hears that a subscription has ended, which keeps a busy server from its work.
 */
const QUIET_FACTOR = 10;
const RECONNECT = { minMs: 100, maxMs: 5_000 };
/** A subscription is given up if the server does not confirm it within this time. */
const CONFIRM_MS_MAX = 5_000;
