import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const packed = (name: string): number =>
  gzipSync(readFileSync(new URL(`../../dist/tracker/${name}`, import.meta.url)), { level: 9 })
    .length;

describe('the tracker, packed', () => {
  it('is at most 4 kB without adapters, and 6 kB with them', () => {
    expect(packed('core.js')).toBeLessThanOrEqual(4_096);
    expect(packed('playhead.js')).toBeLessThanOrEqual(6_144);
    expect(packed('playhead.module.js')).toBeLessThanOrEqual(6_144);
  });
});
