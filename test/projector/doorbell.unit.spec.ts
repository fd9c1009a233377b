import { jest } from '@jest/globals';
import { Doorbell } from '../../src/projector/doorbell.js';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a doorbell', () => {
  it('ends a wait, and leaves no timer behind', async () => {
    const bell = new Doorbell();
    const waiting = bell.wait(1_000);
    expect(jest.getTimerCount()).toBe(1);
    bell.ring();
    await waiting;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('rung while nobody waits ends the next wait at once, and only that', async () => {
    const bell = new Doorbell();
    bell.ring();
    bell.ring();
    await bell.wait(1_000);
    const waiting = bell.wait(1_000);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1_000);
    await waiting;
  });

  it('not rung at all ends a wait when its time is over', async () => {
    const bell = new Doorbell();
    let isOver = false;
    const waiting = bell.wait(1_000).then(() => {
      isOver = true;
    });
    jest.advanceTimersByTime(999);
    await Promise.resolve();
    expect(isOver).toBe(false);
    jest.advanceTimersByTime(1);
    await waiting;
    expect(isOver).toBe(true);
  });

  it('that ended a wait by its ring does not ring again in the next one', async () => {
    const bell = new Doorbell();
    const first = bell.wait(1_000);
    bell.ring();
    await first;
    const second = bell.wait(1_000);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1_000);
    await second;
  });
});
