import { PlayheadError } from '../domain/errors.js';
import type {
  ProjectionControl,
  ProjectionLag,
  ProjectionProgress,
} from '../ports/projection-control.js';
import type { ProjectionName } from '../ports/projection.js';
import { startStopwatch } from './stopwatch.js';
import type { Telemetry } from './telemetry.js';

/** The control of projections, with every wait for them measured. */
export class MeteredProjectionControl implements ProjectionControl {
  constructor(
    private readonly control: ProjectionControl,
    private readonly telemetry: Telemetry,
  ) {}

  async passed(
    names: readonly ProjectionName[],
    position: number,
    timeoutMs: number,
  ): Promise<void> {
    const elapsed = startStopwatch();
    try {
      await this.control.passed(names, position, timeoutMs);
      this.telemetry.waited(elapsed(), true);
    } catch (error) {
      const isLate = error instanceof PlayheadError && error.code === 'READ_MODEL_BEHIND';
      if (isLate) this.telemetry.waited(elapsed(), false);
      throw error;
    }
  }

  progress(): readonly ProjectionProgress[] {
    return this.control.progress();
  }

  lag(): Promise<readonly ProjectionLag[]> {
    return this.control.lag();
  }
}
