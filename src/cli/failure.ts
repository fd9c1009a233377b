import { inspect } from 'node:util';
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

/** Codes of answers that the same call would always get. */
const USAGE_CODES: ReadonlySet<string> = new Set(['NOT_FOUND', 'BAD_USER_INPUT']);

/** A server refuses what was asked. */
export class Refused extends Error {
  constructor(
    message: string,
    /** One of docs/errors.md. */
    readonly code: string,
  ) {
    super(message);
    this.name = 'Refused';
  }
}

/** Why a command ended, in one line, and its status. */
export function explainFailure(error: unknown): { message: string; status: ExitStatus } {
  const isUsage =
    error instanceof WrongUsage ||
    error instanceof WrongViewerSecret ||
    error instanceof BadConfig ||
    // By name, since what it is of would be loaded with it.
    (error instanceof Error && error.name === 'WrongPrefix') ||
    (error instanceof Refused && USAGE_CODES.has(error.code));
  return {
    message: reasonOf(error),
    status: isUsage ? EXIT_STATUS.wrongUsage : EXIT_STATUS.failed,
  };
}

/** What an error says of itself, in one line; of several in one, what each says. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return [...new Set(error.errors.map(reasonOf))].join('; ');
  }
  const { message, code } = Object(error) as {
    readonly message?: unknown;
    readonly code?: unknown;
  };
  const said = [message, code, error].find((one) => typeof one === 'string' && one !== '');
  const text = typeof said === 'string' ? said : inspect(error, { breakLength: Infinity });
  return text.replace(/\s*\n\s*/g, '; ');
}
