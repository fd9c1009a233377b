import type { Progress } from './progress.js';
import type { Terminal } from './terminal.js';

/** Shows the progress of several steps, one after the other. */
export class Steps<Step extends string> {
  private current: { readonly step: Step; readonly progress: Progress } | undefined;

  /** `units` names the unit that each step counts. */
  constructor(
    private readonly terminal: Terminal,
    private readonly units: Readonly<Record<Step, string>>,
  ) {}

  update(step: Step, done: number, total: number): void {
    if (this.current?.step !== step) {
      this.end();
      this.current = { step, progress: this.terminal.progress(step, this.units[step]) };
    }
    this.current.progress.update(done, total);
  }

  end(): void {
    this.current?.progress.end();
    this.current = undefined;
  }
}
