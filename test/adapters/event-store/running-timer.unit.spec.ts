import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { RunningTimer } from '../../../src/adapters/event-store/eventstoredb/running-timer.js';
import { stopThread } from '../../support/stopped-thread.js';

const MS = 600;

let ends = 0;
const timerOf = (): RunningTimer => new RunningTimer(MS, () => (ends += 1));
beforeEach(() => {
  ends = 0;
});

describe('while the process runs', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('ends after its time, once, and not before', () => {
    timerOf();
    jest.advanceTimersByTime(MS - 1);
    expect(ends).toBe(0);
    jest.advanceTimersByTime(10 * MS);
    expect(ends).toBe(1);
  });

  it('begins anew when it is told to', () => {
    const timer = timerOf();
    jest.advanceTimersByTime(MS - 1);
    timer.refresh();
    jest.advanceTimersByTime(MS - 1);
    expect(ends).toBe(0);
    jest.advanceTimersByTime(MS);
    expect(ends).toBe(1);
  });

  it('ends no more once it is cleared', () => {
    const timer = timerOf();
    jest.advanceTimersByTime(MS - 1);
    timer.clear();
    jest.advanceTimersByTime(10 * MS);
    expect(ends).toBe(0);
  });
});

test('it does not end because the process stood still', async () => {
  const timer = timerOf();
  stopThread(2 * MS);
  await pause(1);
  expect(ends).toBe(0);
  timer.clear();
});
