import type { ProjectionProgress } from '../ports/projection-control.js';
import { Seldom } from '../telemetry/seldom.js';
import type { OperatorLog } from '../ports/operator-log.js';

/** Tells the operator of events that a projection could not take. */
export class ParkedNews {
  /** The number of parked events that the log last told of, by projection. */
  private readonly told = new Map<string, number>();

  constructor(
    private readonly operatorLog: OperatorLog,
    /** Limits the log lines, as thousands of events may be parked at once. */
    private readonly seldom = new Seldom(),
  ) {}

  tell(progress: readonly ProjectionProgress[]): void {
    for (const { name, parkedEvents, parked } of progress) {
      const events = this.told.get(name) ?? 0;
      const { highest } = parked;
      if (parkedEvents <= events || highest === undefined) {
        // An event that was taken or given up may be parked anew, and is news then.
        this.told.set(name, Math.min(events, parkedEvents));
        continue;
      }
      if (!this.seldom.may(name)) continue;
      this.told.set(name, parkedEvents);
      const wait = parkedEvents === 1 ? 'event waits' : 'events wait';
      this.operatorLog.warn(
        `${name} could not take the event at position ${String(highest.position)} of the log ` +
          `(${highest.cause}) and parked it: ${String(parkedEvents)} ${wait}`,
      );
    }
  }
}
