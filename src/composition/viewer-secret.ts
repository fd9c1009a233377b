import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CryptoIdentity } from '../adapters/system/crypto-identity.js';
import { writeDurably } from '../adapters/system/durable-files.js';
import { readRegularFile } from '../regular-file.js';
import type { Config } from '../config.js';
import { VIEWER_SECRET_LENGTH_MIN } from '../settings.js';
import { notItsSetting, type KnownLog } from './log-identity.js';
import { WrongViewerSecret } from './wrong-settings.js';

/**
 * Returns the viewer secret to use with a log as it was found; undefined if it is still to be made.
 * WrongViewerSecret says what is wrong with the present secret, whether from a setting or a file.
 */
export function viewerSecretFor(
  { dataDir, viewerSecret, isEmptySecretAccepted }: SecretSettings,
  log: KnownLog | undefined,
): string | undefined {
  const isLogs = (secret: string): boolean =>
    new CryptoIdentity(secret).secretFingerprint() === log?.secretFingerprint;
  const isBegunEmpty = isLogs(EMPTY_SECRET);
  if (isEmptySecretAccepted) {
    if (isBegunEmpty) return EMPTY_SECRET;
    throw new WrongViewerSecret(
      'UNSAFE_EMPTY_VIEWER_SECRET is for a log that was begun with an empty viewer secret, which ' +
        'this one was not: leave it out',
    );
  }
  if (isBegunEmpty) throw begunEmpty();
  if (viewerSecret !== undefined) {
    if (log !== undefined && !isLogs(viewerSecret)) throw notItsSetting();
    return viewerSecret;
  }
  const path = join(dataDir, VIEWER_SECRET_FILE);
  const stored = textOf(path)?.trim();
  if (log === undefined) {
    if (stored === undefined || stored.length >= VIEWER_SECRET_LENGTH_MIN) return stored;
    const remedy = 'remove it, and the next start makes another';
    throw new WrongViewerSecret(`${path} ${shortness(stored)}: ${remedy}`);
  }
  if (stored !== undefined && stored.length >= VIEWER_SECRET_LENGTH_MIN && isLogs(stored)) {
    return stored;
  }
  throw new WrongViewerSecret(
    `${path} ${whatIsWrong(stored)}: put it back from a backup of this data folder, or set ` +
      'VIEWER_SECRET to the one that the log was written with',
  );
}

/** The viewer secret that an earlier release could begin a log with on a full disk. */
const EMPTY_SECRET = '';
/** The file that holds the viewer secret of a data folder. */
export const VIEWER_SECRET_FILE = 'viewer-secret';

type SecretSettings = Pick<Config, 'dataDir' | 'viewerSecret' | 'isEmptySecretAccepted'>;

/** Reads a file; undefined if it is not there. */
function textOf(path: string): string | undefined {
  try {
    return readRegularFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const SECRET_BYTES = 32;

/** Makes a viewer secret, and stores it durably before anything is stored under it. */
export async function makeViewerSecret(dataDir: string): Promise<string> {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  await writeDurably(join(dataDir, VIEWER_SECRET_FILE), `${secret}\n`);
  return secret;
}

function whatIsWrong(stored: string | undefined): string {
  if (stored === undefined) return 'is missing beside a log, and VIEWER_SECRET is not set';
  if (stored.length < VIEWER_SECRET_LENGTH_MIN) return shortness(stored);
  return 'is not the secret that this log was written with';
}

const shortness = (secret: string): string =>
  secret === ''
    ? 'is empty, as a start that failed may leave it'
    : `has fewer than ${String(VIEWER_SECRET_LENGTH_MIN)} characters`;

const begunEmpty = (): WrongViewerSecret =>
  new WrongViewerSecret(
    'this log was begun with an empty viewer secret, so that its viewer ids can be turned back: ' +
      'UNSAFE_EMPTY_VIEWER_SECRET=on goes on with it (docs/operations.md)',
  );
