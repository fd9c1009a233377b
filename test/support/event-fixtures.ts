import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredData } from '../../src/domain/event-codec.js';

const FOLDER = 'test/fixtures/events';

/** An event as a store gives it back. */
export interface EventFixture {
  readonly file: string;
  readonly type: string;
  readonly version: number;
  readonly recordedAt: number;
  readonly data: StoredData;
}

/** One stored event of every type and schema version that was ever written. */
export const eventFixtures: readonly EventFixture[] = readdirSync(FOLDER).map((file) => {
  const stored = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Omit<EventFixture, 'file'>;
  return { file, ...stored };
});
