import type { ProjectionProgress } from '../ports/projection-control.js';
import { Seldom } from '../telemetry/seldom.js';
import type { OperatorLog } from '../ports/operator-log.js';

/** Tells the operator of events that only nodes of a newer release can read. */
export class NewerEventNews {
  private told = 0;
  /** Limits the log lines, as there may be many such events during a rolling upgrade. */
  private readonly seldom = new Seldom();

  constructor(private readonly operatorLog: OperatorLog) {}

  tell(progress: readonly ProjectionProgress[]): void {
    const most = Math.max(0, ...progress.map(({ newerEvents }) => newerEvents));
    if (most <= this.told || !this.seldom.may()) return;
    this.told = most;
    this.operatorLog.warn(
      `the log holds events of a newer release (${String(most)} so far): the read models of this ` +
        'node pass them over, those of the newer release hold them',
    );
  }
}
