import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LOG_START } from '../../../ports/event-store.js';
import type { ProjectionName } from '../../../ports/projection.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationSpec,
  type GenerationWrite,
  type ReadModelWriter,
  type StoredDocument,
} from '../../../ports/read-model-store.js';
import { NewerSchema } from '../../sqlite/database.js';
import { ControlFile, controlPath, generationPath } from './control-file.js';
import { GenerationFile } from './generation-file.js';

interface OpenGeneration {
  readonly number: number;
  readonly file: GenerationFile;
}

/** Read models in a folder: a SQLite file for each generation, and one that says which serve. */
export class EmbeddedReadModelWriter implements ReadModelWriter {
  private readonly control: ControlFile;
  /** The generation of each projection that is being written. */
  private readonly files = new Map<ProjectionName, OpenGeneration>();

  constructor(private readonly folder: string) {
    this.control = openControlFile(folder);
  }

  /** A file that cannot be read counts as none: its documents can be folded again. */
  async serving(spec: GenerationSpec): Promise<Generation | undefined> {
    const { projection, version } = spec;
    const pointer = this.control.pointerOf(projection);
    if (pointer?.version !== version) return undefined;
    const { number } = pointer;
    try {
      const state = this.open(spec, number, false).state();
      return await Promise.resolve({ projection, version, number, ...state });
    } catch (error) {
      if (error instanceof NewerSchema) throw error;
      return undefined;
    }
  }

  async start(spec: GenerationSpec): Promise<Generation> {
    const { projection, version, storeId } = spec;
    const number = (this.control.pointerOf(projection)?.number ?? 0) + 1;
    const path = generationPath(this.folder, { projection, version, number });
    this.removeFiles((name) => name.startsWith(basename(path)));
    this.open(spec, number, true);
    this.control.point(projection, { version, number });
    this.removeFiles(
      (name) => name.startsWith(`${projection}.`) && !name.startsWith(basename(path)),
    );
    return Promise.resolve({ projection, version, number, storeId, checkpoint: LOG_START });
  }

  async load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    return Promise.resolve(this.fileOf(generation).load(keys));
  }

  async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const isCommitted = this.fileOf(generation).commit(generation.checkpoint, write);
    if (!isCommitted) throw new CheckpointMoved(generation);
    return Promise.resolve({ ...generation, checkpoint: write.checkpoint });
  }

  async retire(generation: Generation, before: number): Promise<void> {
    this.fileOf(generation).retire(before);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    for (const { file } of this.files.values()) file.close();
    this.control.close();
    return Promise.resolve();
  }

  private open(spec: GenerationSpec, number: number, isNew: boolean): GenerationFile {
    const { projection, version } = spec;
    this.files.get(projection)?.file.close();
    this.files.delete(projection);
    const file = new GenerationFile(
      generationPath(this.folder, { projection, version, number }),
      spec,
      isNew,
    );
    this.files.set(projection, { number, file });
    return file;
  }

  private fileOf(generation: Generation): GenerationFile {
    const open = this.files.get(generation.projection);
    if (open?.number !== generation.number) throw new CheckpointMoved(generation);
    return open.file;
  }

  private removeFiles(isUnwanted: (name: string) => boolean): void {
    for (const name of readdirSync(this.folder)) {
      if (isUnwanted(name)) rmSync(join(this.folder, name));
    }
  }
}

/** Which generation serves can be found out again: a file that cannot be read is made anew. */
function openControlFile(folder: string): ControlFile {
  try {
    return new ControlFile(folder);
  } catch (error) {
    if (error instanceof NewerSchema) throw error;
    const name = basename(controlPath(folder));
    for (const file of readdirSync(folder)) {
      if (file.startsWith(name)) rmSync(join(folder, file));
    }
    return new ControlFile(folder);
  }
}
