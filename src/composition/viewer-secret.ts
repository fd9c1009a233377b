import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRET_BYTES = 32;

/** The viewer secret of a data folder, generated once; only its owner may read the file. */
export function viewerSecretOf(dataDir: string): string {
  const path = join(dataDir, 'viewer-secret');
  if (!existsSync(path)) {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
  }
  return readFileSync(path, 'utf8').trim();
}
