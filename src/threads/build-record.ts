import { statSync } from 'node:fs';
import { PlayheadError } from '../domain/errors.js';

/** What the compiler notes of a build; it is not there where the program runs from its sources. */
const RECORD = new URL('../../tsconfig.build.tsbuildinfo', import.meta.url);

const changedAt = (): number | undefined => statSync(RECORD, { throwIfNoEntry: false })?.mtimeMs;

const atStart = changedAt();

/**
 * A thread that starts later than its server takes its code from the disk: CONFLICT where that is
 * of another build by now. It might fold in another way, or not understand the server.
 */
export function assertSameBuild(): void {
  if (changedAt() === atStart) return;
  throw new PlayheadError(
    'CONFLICT',
    'the program was built anew since this server started: restart the server first',
  );
}
