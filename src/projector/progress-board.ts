import { PlayheadError } from '../domain/errors.js';
import type { ProjectionProgress } from '../ports/projection-control.js';
import type { ProjectionName } from '../ports/projection.js';

/** Holds the projector's progress, and the callers that wait for a position. */
export class ProgressBoard {
  private latest: readonly ProjectionProgress[] = [];
  private readonly waiters = new Set<Waiter>();

  progress(): readonly ProjectionProgress[] {
    return this.latest;
  }

  post(progress: readonly ProjectionProgress[]): void {
    this.latest = progress;
    for (const waiter of this.waiters) {
      if (this.hasPassed(waiter.names, waiter.position)) waiter.settle();
    }
  }

  /** Marks all projections as stopped, as nobody folds them any more. */
  stopAll(now: number): void {
    this.post(
      this.latest.map((projection) => ({
        ...projection,
        isStopped: true,
        behindSince: projection.behindSince ?? now,
      })),
    );
  }

  /** Says whether all named projections have scanned up to a position, and serve. */
  hasPassed(names: readonly ProjectionName[], position: number): boolean {
    return names.every((name) =>
      this.latest.some(
        (one) => one.name === name && one.scanned >= Math.max(position, one.servesFrom),
      ),
    );
  }

  /** Resolves once the named projections have passed a position; READ_MODEL_BEHIND if too late. */
  passed(names: readonly ProjectionName[], position: number, timeoutMs: number): Promise<void> {
    if (this.hasPassed(names, position)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(waiter);
        const message = `${names.join(', ')} did not catch up in time`;
        reject(new PlayheadError('READ_MODEL_BEHIND', message));
      }, timeoutMs);
      const waiter: Waiter = {
        names,
        position,
        settle: () => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          resolve();
        },
      };
      this.waiters.add(waiter);
    });
  }
}

interface Waiter {
  readonly names: readonly ProjectionName[];
  readonly position: number;
  readonly settle: () => void;
}
