import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRET_BYTES = 32;

/** The file that holds the viewer secret of a data folder. */
export const VIEWER_SECRET_FILE = 'viewer-secret';

/** The viewer secret of a data folder, generated once; only its owner may read the file. */
export function viewerSecretOf(dataDir: string): string {
  const stored = storedViewerSecret(dataDir);
  if (stored !== undefined) return stored;
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const path = join(dataDir, VIEWER_SECRET_FILE);
  writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return secret;
}

/** The viewer secret that a data folder holds, if it holds one. */
export function storedViewerSecret(dataDir: string): string | undefined {
  const path = join(dataDir, VIEWER_SECRET_FILE);
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}
