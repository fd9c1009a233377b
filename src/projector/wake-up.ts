/** Lets a loop wait, and ends its wait early. A wake-up while nobody waits ends the next wait. */
export class WakeUp {
  private hasCome = false;
  private endWait: (() => void) | undefined;

  wake(): void {
    this.hasCome = true;
    this.endWait?.();
  }

  /** Waits for a wake-up, at most so many milliseconds. */
  async wait(timeoutMs: number): Promise<void> {
    if (!this.hasCome) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.endWait = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.endWait = undefined;
    this.hasCome = false;
  }
}
