import { WrongViewerSecret } from '../composition/log-identity.js';
import { BadConfig } from '../config.js';

/** What a command ends with. */
export const EXIT_STATUS = { fine: 0, failed: 1, wrongUsage: 2 } as const;

export type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS];

/** A command that was called wrongly: with another argument or setting it may work. */
export class WrongUsage extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongUsage';
  }
}

/** Why a command ended, in one line, and its status. */
export function explainFailure(error: unknown): { message: string; status: ExitStatus } {
  const isUsage =
    error instanceof WrongUsage || error instanceof WrongViewerSecret || error instanceof BadConfig;
  const message = error instanceof Error ? error.message : String(error);
  return {
    message: message.replace(/\s*\n\s*/g, '; '),
    status: isUsage ? EXIT_STATUS.wrongUsage : EXIT_STATUS.failed,
  };
}
