import { BadConfig } from '../bad-config.js';
import { WrongPrefix, WrongViewerSecret } from '../composition/wrong-settings.js';
import { reasonOf } from '../failure-reason.js';

/** The exit status of a command. */
export const EXIT_STATUS = { fine: 0, failed: 1, wrongUsage: 2 } as const;

export type ExitStatus = (typeof EXIT_STATUS)[keyof typeof EXIT_STATUS];

/** A command that was called wrongly: with another argument or setting it may work. */
export class WrongUsage extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongUsage';
  }
}

/** Codes of answers that would not change if the call were repeated. */
const USAGE_CODES: ReadonlySet<string> = new Set(['NOT_FOUND', 'BAD_USER_INPUT']);

/** A server's refusal of a request. */
export class Refused extends Error {
  constructor(
    message: string,
    /** A code of docs/errors.md. */
    readonly code: string,
  ) {
    super(message);
    this.name = 'Refused';
  }
}

/** Returns the exit status of a failed command, and the reason in one line. */
export function explainFailure(error: unknown): { message: string; status: ExitStatus } {
  const isUsage =
    error instanceof WrongUsage ||
    error instanceof WrongViewerSecret ||
    error instanceof BadConfig ||
    error instanceof WrongPrefix ||
    (error instanceof Refused && USAGE_CODES.has(error.code));
  return {
    message: reasonOf(error),
    status: isUsage ? EXIT_STATUS.wrongUsage : EXIT_STATUS.failed,
  };
}
