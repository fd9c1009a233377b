import { relative, resolve } from 'node:path';

/** A folder that the server keeps something in. */
export interface FaultyPlace {
  readonly folder: string;
  /** The advice to use another folder, as the end of a sentence. */
  readonly elsewhere: string;
}

export const dataFolder = (folder: string): FaultyPlace => ({
  folder,
  elsewhere: 'set DATA_DIR to another folder',
});

/** The error of a disk, a folder or a file; the message says which one, and what to do. */
export class DiskFault extends Error {
  constructor(
    message: string,
    /** Says whether the same work may succeed later. */
    readonly isForNow: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DiskFault';
  }
}

/** The error of the system, or of a database's driver. */
interface Refusal {
  readonly code: string;
  readonly path: string | undefined;
}

interface Explanation {
  readonly codes: RegExp;
  readonly isForNow: boolean;
  /** Explains the fault from a path and the folder that it lies in. */
  readonly words: (path: string, place: FaultyPlace) => string;
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    codes: /^(ENOSPC|EDQUOT|SQLITE_FULL)/,
    isForNow: true,
    words: (_, { folder, elsewhere }) =>
      `the disk of ${folder} is full: make room on it, or ${elsewhere}`,
  },
  {
    codes: /^(EROFS|SQLITE_READONLY)/,
    isForNow: true,
    words: (_, { folder, elsewhere }) =>
      `${folder} is read-only: mount it for writing, or ${elsewhere}`,
  },
  {
    codes: /^(EACCES|EPERM)$/,
    isForNow: true,
    words: (path, { elsewhere }) =>
      `${path} is not for ${thisUser()}: give it to that user, or ${elsewhere}`,
  },
  {
    codes: /^(EMFILE|ENFILE)$/,
    isForNow: true,
    words: () => 'too many files are open: let this process have more (ulimit -n)',
  },
  {
    codes: /^EFBIG$/,
    isForNow: true,
    words: (path) =>
      `${path} may not get as large as it has to: let this process write larger files (ulimit -f)`,
  },
  {
    codes: /^EFTYPE$/,
    isForNow: false,
    words: (path, { elsewhere }) =>
      `${path} cannot be read: it is no regular file: move it away, or ${elsewhere}`,
  },
  {
    codes: /^EISDIR$/,
    isForNow: false,
    words: (path, { elsewhere }) =>
      `${path} is a folder, and should be a file: move it away, or ${elsewhere}`,
  },
  {
    codes: /^(EEXIST|ENOTDIR)$/,
    isForNow: false,
    words: (path, { elsewhere }) =>
      `${path} is no folder, or lies in none: move what is there away, or ${elsewhere}`,
  },
  {
    codes: /^(ENOENT|ENAMETOOLONG|ELOOP)$/,
    isForNow: false,
    words: (path, { elsewhere }) => `${path} cannot be made there: ${elsewhere}`,
  },
  {
    codes: /^SQLITE_(NOTADB|CORRUPT|ERROR)/,
    isForNow: false,
    words: (path, { elsewhere }) =>
      `${path} is not a file of Playhead, or is damaged: move it away and restore a backup, or ` +
      elsewhere,
  },
  {
    codes: /^(EIO|SQLITE_(IOERR|CANTOPEN))/,
    isForNow: true,
    words: (path, { elsewhere }) =>
      `${path} cannot be read or written: see to its disk, or ${elsewhere}`,
  },
];

/** The number of causes of causes that are looked at. */
const CAUSES_MAX = 5;

/** Runs work in a folder; throws DiskFault if the disk is why it fails. */
export async function explainingDisk<Result>(
  place: FaultyPlace,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // A fault that was explained for a folder within is not of this folder.
    throw error instanceof DiskFault ? error : (diskFaultOf(error, place) ?? error);
  }
}

/** Finds the DiskFault behind a failure of work in a folder; undefined if none is. */
export function diskFaultOf(error: unknown, place: FaultyPlace): DiskFault | undefined {
  const said = refusalIn(error);
  if (said === undefined) return undefined;
  const { code, path = place.folder } = said;
  const explanation = EXPLANATIONS.find(({ codes }) => codes.test(code));
  if (explanation === undefined || !isOf(place.folder, path)) return undefined;
  const { isForNow, words } = explanation;
  return new DiskFault(words(path, place), isForNow, { cause: error });
}

/** Says whether a path lies in a folder, or on the way to it. */
function isOf(folder: string, path: string): boolean {
  const isWithin = (outer: string, inner: string): boolean =>
    !relative(resolve(outer), resolve(inner)).startsWith('..');
  return isWithin(folder, path) || isWithin(path, folder);
}

function refusalIn(error: unknown, causesMax = CAUSES_MAX): Refusal | undefined {
  if (typeof error !== 'object' || error === null || causesMax === 0) return undefined;
  const { code, path, cause } = error as Partial<Record<'code' | 'path' | 'cause', unknown>>;
  if (typeof code !== 'string' || !/^(E[A-Z]+|SQLITE_\w+)$/.test(code)) {
    return refusalIn(cause, causesMax - 1);
  }
  return { code, path: typeof path === 'string' ? path : undefined };
}

const thisUser = (): string =>
  process.getuid === undefined ? 'this user' : `user ${String(process.getuid())}`;
