/** What a pause of the process counts for at most. */
const STEP_MS = 250;

/**
 * Ends after a time in which this process ran. Of one that was paused, or too busy to look, an
 * ordinary timer ends before the answers are read that came meanwhile.
 */
export class RunningTimer {
  private leftMs: number;
  private timer: NodeJS.Timeout;

  constructor(
    private readonly ms: number,
    private readonly onEnd: () => void,
  ) {
    this.leftMs = ms;
    this.timer = this.step();
  }

  /** Begins anew. */
  refresh(): void {
    this.leftMs = this.ms;
    this.timer.refresh();
  }

  clear(): void {
    clearTimeout(this.timer);
  }

  private step(): NodeJS.Timeout {
    const stepMs = Math.min(this.leftMs, STEP_MS);
    return setTimeout(() => {
      this.leftMs -= stepMs;
      if (this.leftMs <= 0) this.onEnd();
      else this.timer = this.step();
    }, stepMs);
  }
}
