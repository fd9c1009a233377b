import { createCipheriv, createHash } from 'node:crypto';

const VIEWER_ID_LENGTH = 22;
const BITS_PER_CHARACTER = 6;

/** So many random viewer ids as the API makes them: 22 characters of base64url. */
export function viewerIds(seed: number, count: number): string[] {
  const bytes = Math.ceil((count * VIEWER_ID_LENGTH * BITS_PER_CHARACTER) / 8);
  const text = randomBytes(seed, bytes).toString('base64url');
  return Array.from({ length: count }, (_, i) =>
    text.slice(i * VIEWER_ID_LENGTH, (i + 1) * VIEWER_ID_LENGTH),
  );
}

/** Random bytes that a seed determines: the key stream of a cipher. */
function randomBytes(seed: number, length: number): Buffer {
  const key = createHash('sha256').update(String(seed)).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}
