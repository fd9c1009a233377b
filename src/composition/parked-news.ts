import type { ProjectionProgress } from '../ports/projection-control.js';
import type { ProjectorLog } from './projector-log.js';

/** Thousands may be parked at once: each projection is told of so often at most. */
const TELL_MS = 60_000;

/** What was last told of a projection. */
interface Told {
  readonly events: number;
  /** By the time of the process, in milliseconds. */
  readonly at: number;
}

/** Tells whoever runs the server of events that a projection could not take. */
export class ParkedNews {
  private readonly told = new Map<string, Told>();

  constructor(
    private readonly report: ProjectorLog,
    private readonly now: () => number = () => performance.now(),
  ) {}

  tell(progress: readonly ProjectionProgress[]): void {
    for (const { name, parkedEvents, parked } of progress) {
      const { events, at } = this.told.get(name) ?? { events: 0, at: -Infinity };
      const { highest } = parked;
      if (parkedEvents <= events || highest === undefined) {
        // What was taken or given up may be parked anew, and is news then.
        this.told.set(name, { events: Math.min(events, parkedEvents), at });
        continue;
      }
      if (this.now() - at < TELL_MS) continue;
      this.told.set(name, { events: parkedEvents, at: this.now() });
      const wait = parkedEvents === 1 ? 'event waits' : 'events wait';
      this.report.warn(
        `${name} could not take the event at position ${String(highest.position)} of the log ` +
          `(${highest.cause}) and parked it: ${String(parkedEvents)} ${wait}`,
      );
    }
  }
}
