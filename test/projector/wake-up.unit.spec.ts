import { jest } from '@jest/globals';
import { WakeUp } from '../../src/projector/wake-up.js';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a wake-up', () => {
  it('ends a wait, and leaves no timer behind', async () => {
    const wakeUp = new WakeUp();
    const waiting = wakeUp.wait(1_000);
    expect(jest.getTimerCount()).toBe(1);
    wakeUp.wake();
    await waiting;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that comes while nobody waits ends the next wait at once, and only that', async () => {
    const wakeUp = new WakeUp();
    wakeUp.wake();
    wakeUp.wake();
    await wakeUp.wait(1_000);
    const waiting = wakeUp.wait(1_000);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1_000);
    await waiting;
  });

  it('that does not come ends a wait when its time is over', async () => {
    const wakeUp = new WakeUp();
    let isOver = false;
    const waiting = wakeUp.wait(1_000).then(() => {
      isOver = true;
    });
    jest.advanceTimersByTime(999);
    await Promise.resolve();
    expect(isOver).toBe(false);
    jest.advanceTimersByTime(1);
    await waiting;
    expect(isOver).toBe(true);
  });

  it('that ended a wait does not end the next one too', async () => {
    const wakeUp = new WakeUp();
    const first = wakeUp.wait(1_000);
    wakeUp.wake();
    await first;
    const second = wakeUp.wait(1_000);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1_000);
    await second;
  });
});
