import type { ProjectionProgress } from '../ports/projection-control.js';
import type { ProjectorLog } from './projector-log.js';

/** During a rolling upgrade there may be many: they are told of so often at most. */
const TELL_MS = 60_000;

/** Tells whoever runs the server of events that only nodes of a newer release can read. */
export class NewerEvents {
  private told = 0;
  private toldAt = -Infinity;

  constructor(private readonly report: ProjectorLog) {}

  tell(progress: readonly ProjectionProgress[]): void {
    const most = Math.max(0, ...progress.map(({ newerEvents }) => newerEvents));
    if (most <= this.told || performance.now() - this.toldAt < TELL_MS) return;
    this.told = most;
    this.toldAt = performance.now();
    this.report.warn(
      `the log holds events of a newer release (${String(most)} so far): the read models of this ` +
        'node pass them over, those of the newer release hold them',
    );
  }
}
