import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty folder that nobody else knows. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'playhead-test-'));

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
