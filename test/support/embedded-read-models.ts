import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { EmbeddedReadModelReader } from '../../src/adapters/read-model/embedded/embedded-read-model-reader.js';
import { EmbeddedReadModelWriter } from '../../src/adapters/read-model/embedded/embedded-read-model-writer.js';
import { VERSION_1, type ReadModels } from '../contracts/read-model-store.js';
import { SettableClock } from './settable-clock.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

/** Read models in a folder of their own, opened and closed as a test likes. */
export class EmbeddedReadModels {
  readonly folder = temporaryFolder();
  readonly clock = new SettableClock(Date.now());
  private opened: ReadModels | undefined;

  open(): ReadModels {
    const reader = new EmbeddedReadModelReader(this.folder, VERSION_1);
    const anotherWriter = () => Promise.resolve(this.openWriter());
    const passTime = (ms: number): Promise<void> => {
      this.clock.advance(ms);
      return Promise.resolve();
    };
    this.opened = { writer: this.openWriter(), reader, anotherWriter, passTime };
    return this.opened;
  }

  openWriter(): EmbeddedReadModelWriter {
    return new EmbeddedReadModelWriter(this.folder, this.clock);
  }

  async close(): Promise<void> {
    await this.opened?.reader.close();
    await this.opened?.writer.close();
    this.opened = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    removeFolder(this.folder);
  }

  /** The files of the suite's projection: databases, and what SQLite keeps beside them. */
  files(end = ''): readonly string[] {
    return readdirSync(this.folder)
      .filter((name) => name.startsWith('popularity.') && name.endsWith(end))
      .map((name) => join(this.folder, name));
  }

  /** Changes a file past everybody. */
  change(name: string, sql: string): void {
    const connection = new Database(join(this.folder, name), { timeout: 5_000 });
    try {
      connection.exec(sql);
      connection.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      connection.close();
    }
  }
}
