/**
 * A timer that counts the time in which this process ran. After a pause, or in a busy process, an
 * ordinary timer ends before the process reads the answers that came meanwhile.
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

  /** Starts the timer anew. */
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

/** The greatest part of a pause of the process that counts. */
const STEP_MS = 250;
