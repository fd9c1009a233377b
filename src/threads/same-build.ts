import { statSync } from 'node:fs';
import { PlayheadError } from '../domain/errors.js';

/**
 * Throws CONFLICT if the code on disk is of another build than this server's. A thread that starts
 * later takes its code from the disk: it might fold in another way, or not understand the server.
 */
export function assertSameBuild(): void {
  if (changedAt() === atStart) return;
  throw new PlayheadError(
    'CONFLICT',
    'the program was built anew since this server started: restart the server first',
  );
}

/** The compiler's record of a build; it is not there where the program runs from its sources. */
const RECORD = new URL('../../tsconfig.build.tsbuildinfo', import.meta.url);

const changedAt = (): number | undefined => statSync(RECORD, { throwIfNoEntry: false })?.mtimeMs;

const atStart = changedAt();
