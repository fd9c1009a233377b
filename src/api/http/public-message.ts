import type { ErrorCode } from '../../domain/errors.js';

/** Returns the message for the client: that of a library only if it names the client's fault. */
export function publicMessage(code: ErrorCode, message: string): string {
  if (code === 'INTERNAL') return 'something failed that should not; the server log says what';
  if (code === 'TIMEOUT') return 'the request took too long';
  return code === 'NOT_FOUND' ? 'there is nothing here' : message;
}
