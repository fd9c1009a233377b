import type { OwnedGeneration } from './owned-generation.js';

/** The time in milliseconds between two renewals of the claims. */
const KEEP_MS = 1_000;
/** Work that has not moved for so many milliseconds hangs: another node is to have its claims. */
export const STUCK_MS = 30_000;

export interface ClaimKeeperOptions {
  readonly owned: () => readonly OwnedGeneration[];
  readonly onFailure: (error: unknown, isFinal: boolean) => void;
}

/**
 * Keeps the claims on what a node folds beside the work, so that they outlast a slow page of the
 * log. It stops keeping them when the work no longer moves.
 */
export class ClaimKeeper {
  private readonly timer: NodeJS.Timeout;
  private movedAt = performance.now();
  private keeping: Promise<void> = Promise.resolve();
  private isKeeping = false;

  constructor(private readonly options: ClaimKeeperOptions) {
    this.timer = setInterval(() => {
      if (!this.isKeeping) this.keeping = this.keep();
    }, KEEP_MS);
  }

  /** Notes that the work has got further. */
  moved(): void {
    this.movedAt = performance.now();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.keeping;
  }

  private async keep(): Promise<void> {
    if (performance.now() - this.movedAt > STUCK_MS) return;
    this.isKeeping = true;
    try {
      await Promise.all(this.options.owned().map((generation) => generation.keep()));
    } catch (error) {
      this.options.onFailure(error, false);
    } finally {
      this.isKeeping = false;
    }
  }
}
