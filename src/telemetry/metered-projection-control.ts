import { PlayheadError } from '../domain/errors.js';
import type { ProjectionControl } from '../ports/projection-control.js';
import { overlay } from './overlay.js';
import { startStopwatch } from './stopwatch.js';
import type { Telemetry } from './telemetry.js';

/** Makes a control of projections that measures every wait for them. */
export const meteredProjectionControl = <Control extends Pick<ProjectionControl, 'passed'>>(
  control: Control,
  telemetry: Telemetry,
): Control =>
  overlay(control, {
    async passed(...wait: Parameters<ProjectionControl['passed']>): Promise<void> {
      const elapsed = startStopwatch();
      try {
        await control.passed(...wait);
        telemetry.waited(elapsed(), true);
      } catch (error) {
        const isLate = error instanceof PlayheadError && error.code === 'READ_MODEL_BEHIND';
        if (isLate) telemetry.waited(elapsed(), false);
        throw error;
      }
    },
  });
