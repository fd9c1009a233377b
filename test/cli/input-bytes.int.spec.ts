import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { unpackedBytes } from '../../src/cli/input-bytes.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
afterAll(() => {
  removeFolder(folder);
});

const HELD = randomBytes(300_000);
const PACKED = Buffer.concat([
  gzipSync(HELD.subarray(0, 100_000)),
  gzipSync(HELD.subarray(100_000)),
]);

async function readFrom(content: Buffer, start: number, most = Infinity): Promise<Buffer> {
  const path = join(folder, 'input');
  writeFileSync(path, content);
  const file = await open(path);
  try {
    const input = await unpackedBytes(file);
    // Whoever stops early can read again.
    for (const count of [1, most]) {
      const parts: Buffer[] = [];
      for await (const chunk of input.from(start)) {
        parts.push(chunk);
        if (parts.length >= count) break;
      }
      if (count === most) return Buffer.concat(parts);
    }
    return Buffer.alloc(0);
  } finally {
    await file.close();
  }
}

describe.each([
  ['as it stands', HELD],
  ['packed in two parts', PACKED],
])('a file %s', (_, content) => {
  it.each([0, 1, 65_536, 99_999, 100_000, 299_999, 300_000, 400_000])(
    'is read from %i on',
    async (start) => {
      expect((await readFrom(content, start)).equals(HELD.subarray(start))).toBe(true);
    },
  );
});

it('that is packed and cut off is not taken for a whole one', async () => {
  await expect(readFrom(PACKED.subarray(0, PACKED.length - 9), 0)).rejects.toThrow('end of file');
});

it('that is empty holds nothing', async () => {
  expect(await readFrom(Buffer.alloc(0), 0)).toHaveLength(0);
});
