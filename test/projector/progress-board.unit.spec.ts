import { NO_PROGRESS } from '../../src/ports/read-model/generation.js';
import { jest } from '@jest/globals';
import { PlayheadError } from '../../src/domain/errors.js';
import { LOG_START } from '../../src/ports/event-store.js';
import { NOTHING_PARKED } from '../../src/ports/parked-summary.js';
import type { ProjectionProgress } from '../../src/ports/projection-control.js';
import type { ProjectionName } from '../../src/ports/projection.js';
import { ProgressBoard } from '../../src/projector/progress-board.js';

const at = (name: ProjectionName, scanned: number): ProjectionProgress => ({
  name,
  version: 1,
  ...NO_PROGRESS,
  generation: 1,
  owner: undefined,
  newerEvents: 0,
  parked: NOTHING_PARKED,
  rebuild: { building: undefined, outcome: undefined, hasPrevious: false },
  servesFrom: LOG_START,
  scanned,
  behindSince: undefined,
});

/** Whether a promise is settled by now, or after a few turns. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  promise.then(note, note);
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return settled;
}

describe('who waits for a projection', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('does not wait where it has passed already', async () => {
    const board = new ProgressBoard();
    board.post([at('bandwidth', 5)]);
    await board.passed(['bandwidth'], 5, 1_000);
    await board.passed([], 99, 1_000);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('goes on as soon as it has passed, and not before', async () => {
    const board = new ProgressBoard();
    const waiting = board.passed(['bandwidth'], 5, 1_000);
    board.post([at('bandwidth', 4)]);
    expect(await isSettled(waiting)).toBe(false);
    board.post([at('bandwidth', 6)]);
    expect(await isSettled(waiting)).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits for every one that it names, and for no other', async () => {
    const board = new ProgressBoard();
    const waiting = board.passed(['bandwidth', 'popularity'], 5, 1_000);
    board.post([at('bandwidth', 9), at('popularity', 4), at('sessions', 0)]);
    expect(await isSettled(waiting)).toBe(false);
    board.post([at('bandwidth', 9), at('popularity', 5), at('sessions', 0)]);
    await expect(waiting).resolves.toBeUndefined();
  });

  it('is told READ_MODEL_BEHIND when it takes too long', async () => {
    const board = new ProgressBoard();
    board.post([at('bandwidth', 4)]);
    const waiting = board.passed(['bandwidth'], 5, 1_000);
    jest.advanceTimersByTime(999);
    expect(await isSettled(waiting)).toBe(false);
    jest.advanceTimersByTime(1);
    await expect(waiting).rejects.toBeInstanceOf(PlayheadError);
    // Queries wait here too that ask for nothing, while a read model is filled: it names no header.
    await expect(waiting).rejects.toMatchObject({
      code: 'READ_MODEL_BEHIND',
      message: 'bandwidth did not catch up in time',
    });
  });

  it('for one that nobody folds waits in vain', async () => {
    const board = new ProgressBoard();
    board.post([at('bandwidth', 9)]);
    const waiting = board.passed(['popularity'], 0, 1_000);
    jest.advanceTimersByTime(1_000);
    await expect(waiting).rejects.toMatchObject({ code: 'READ_MODEL_BEHIND' });
  });

  it('waits, whatever it asks for, until one that starts over has the whole log', async () => {
    const board = new ProgressBoard();
    const waiting = board.passed(['bandwidth'], LOG_START, 1_000);
    board.post([{ ...at('bandwidth', 8), servesFrom: 9 }]);
    expect(await isSettled(waiting)).toBe(false);
    board.post([{ ...at('bandwidth', 9), servesFrom: 9 }]);
    expect(await isSettled(waiting)).toBe(true);
  });

  it('does not hold up others that wait for less', async () => {
    const board = new ProgressBoard();
    const more = board.passed(['bandwidth'], 7, 1_000);
    const less = board.passed(['bandwidth'], 5, 1_000);
    board.post([at('bandwidth', 5)]);
    await less;
    expect(await isSettled(more)).toBe(false);
    board.post([at('bandwidth', 7)]);
    await more;
  });
});

describe('a board', () => {
  it('shows the progress posted last', () => {
    const board = new ProgressBoard();
    expect(board.progress()).toEqual([]);
    board.post([at('bandwidth', 1)]);
    board.post([at('bandwidth', 2)]);
    expect(board.progress()).toEqual([at('bandwidth', 2)]);
  });

  it('shows everything as stopped, and since when, once nobody folds any more', () => {
    const board = new ProgressBoard();
    board.post([at('bandwidth', 2), { ...at('popularity', 1), behindSince: 70 }]);
    board.stopAll(99);
    expect(board.progress()).toEqual([
      { ...at('bandwidth', 2), isStopped: true, behindSince: 99 },
      { ...at('popularity', 1), isStopped: true, behindSince: 70 },
    ]);
  });
});
