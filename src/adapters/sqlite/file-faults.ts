import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';

/** A file that cannot be used; the driver's errors name neither file nor the system's reason. */
export class FileFault extends Error {
  constructor(
    readonly path: string,
    /** The driver's code, such as SQLITE_FULL, or the system's, such as ENOSPC. */
    readonly code: string,
    reason: string,
  ) {
    super(`${path}: ${reason}`);
    this.name = 'FileFault';
  }
}

/** A file that a newer release wrote; this one must not touch it. */
export class NewerSchema extends Error {
  constructor(path: string, found: number, known: number) {
    super(
      `${path} was written by a newer release (schema ${String(found)}; this one knows ` +
        `${String(known)}): start that release, or choose another data folder`,
    );
    this.name = 'NewerSchema';
  }
}

/** Codes that blame the surroundings of a file: its disk, its folder, the process. */
const SURROUNDINGS =
  /^(E[A-Z]+|SQLITE_(BUSY|CANTOPEN|FULL|IOERR|LOCKED|NOMEM|PROTOCOL|READONLY)\w*)$/;

/** Says whether a file that cannot be opened is itself to blame: damaged, or of another form. */
export const isDamaged = (error: unknown): boolean =>
  !(error instanceof NewerSchema) && !SURROUNDINGS.test(codeOf(error) ?? '');

/**
 * Says whether the contents of a file are to blame, whatever the operation. For a damaged index
 * (SQLITE_CORRUPT_INDEX) the driver has no name.
 */
export const isCorrupt = (error: unknown): boolean =>
  /^(SQLITE_(CORRUPT|NOTADB)|UNKNOWN_SQLITE_ERROR_779$)/.test(codeOf(error) ?? '');

/** Runs work on a file; a failure of the driver becomes a FileFault. */
export function atFile<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    // The driver's error for a file that cannot be opened has no code.
    const isUnopened = messageOf(error).startsWith('ConnectionFailed');
    const code = isUnopened ? 'SQLITE_CANTOPEN' : codeOf(error);
    if (code?.includes('SQLITE_') !== true || error instanceof FileFault) throw error;
    const isVague = /^SQLITE_(CANTOPEN|IOERR)/.test(code);
    const said = isVague ? whatTheSystemSays(path) : undefined;
    const reason = isUnopened ? 'the file cannot be opened' : messageOf(error);
    throw new FileFault(path, said?.code ?? code, said?.message ?? reason);
  }
}

/** A block as large as a commit of some hundred events. */
const PROBE = Buffer.alloc(2 ** 18);

/**
 * Writes a file beside another one and removes it; throws the system's error. Nothing is made
 * durable, as a full disk shows at once. It does not open the file itself: to close it would drop
 * the locks of all the process's connections to it.
 */
export function writeBeside(path: string): void {
  const probe = `${path}-probe`;
  try {
    writeFileSync(probe, PROBE);
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Tells clients that a file cannot be written, and why, without naming the file. */
export function unwritable(what: string, error: unknown): string {
  const isFull = /^(ENOSPC|EDQUOT|SQLITE_FULL)/.test(codeOf(error) ?? '');
  return isFull ? `${what} cannot be written: the disk is full` : `${what} cannot be written`;
}

function whatTheSystemSays(path: string): NodeJS.ErrnoException | undefined {
  try {
    if (existsSync(path)) closeSync(openSync(path, 'r+'));
    writeBeside(path);
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Returns the code that the driver or the system gives a failure; undefined for our own errors. */
export function codeOf(error: unknown): string | undefined {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return isCoded && typeof error.code === 'string' && error.code !== '' ? error.code : undefined;
}

/** Runs work whose failure another thread reads: of a driver's error only the code gets there. */
export async function crossingThreads<Result>(
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (code?.startsWith('SQLITE_') !== true || error instanceof FileFault) throw error;
    throw Object.assign(new Error(messageOf(error)), { code });
  }
}
