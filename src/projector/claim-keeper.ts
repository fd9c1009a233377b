import type { OwnedGeneration } from './owned-generation.js';

/**
 * Renews a node's claims at regular times, so that they do not run out during a slow read of the
 * log. It stops renewing them when the node's work makes no progress.
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

  /** Notes that the work has made progress. */
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

/** The time in milliseconds between two renewals of the claims. */
const KEEP_MS = 1_000;
/**
 * The time in milliseconds after which work without progress counts as stuck. Then another node is
 * to get its claims.
 */
export const STUCK_MS = 30_000;

export interface ClaimKeeperOptions {
  readonly owned: () => readonly OwnedGeneration[];
  readonly onFailure: (error: unknown, isFinal: boolean) => void;
}
