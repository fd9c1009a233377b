import { inspect } from 'node:util';

/**
 * Returns the message of whatever was thrown, in one line; of an AggregateError the messages of its
 * errors.
 */
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
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').join('; ');
}
