import { EventEmitter } from 'node:events';
import { jest } from '@jest/globals';
import { AppendWakeUps } from '../../../src/adapters/event-store/eventstoredb/append-wake-ups.js';
import type { EventStoreDbConnection } from '../../../src/adapters/event-store/eventstoredb/connection.js';

class Subscription extends EventEmitter {
  isOver = false;
  unsubscribe(): Promise<void> {
    this.isOver = true;
    return Promise.resolve();
  }
}

const subscriptions: Subscription[] = [];
const subscribeToAll = (): Subscription => {
  const subscription = new Subscription();
  subscriptions.push(subscription);
  return subscription;
};
const connection = { client: { subscribeToAll }, wayOut: () => () => undefined };

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  subscriptions.length = 0;
});
afterEach(() => {
  jest.useRealTimers();
});

test.each([
  [0, 25],
  [2, 25],
  [20, 200],
  [3_000, 250],
])('a server that confirms after %i ms is listened to again after %i', (confirmMs, quietMs) => {
  const wakeUps = new AppendWakeUps(connection as unknown as EventStoreDbConnection, 'p-');
  const listener = jest.fn();
  wakeUps.onAppended(listener);
  for (let turn = 1; turn <= 2; turn += 1) {
    expect(subscriptions).toHaveLength(turn);
    const subscription = subscriptions.at(-1);
    jest.advanceTimersByTime(confirmMs);
    subscription?.emit('confirmation');
    jest.advanceTimersByTime(60_000);
    expect(subscription?.isOver).toBe(false);
    subscription?.emit('data');
    expect(subscription?.isOver).toBe(true);
    expect(listener).toHaveBeenCalledTimes(2 * turn);
    jest.advanceTimersByTime(quietMs - 1);
    expect(subscriptions).toHaveLength(turn);
    jest.advanceTimersByTime(1);
  }
  wakeUps.close();
});
