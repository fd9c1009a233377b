import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ProjectionName } from '../../../ports/projection.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationSpec,
} from '../../../ports/read-model-store.js';
import { generationPath, type GenerationPlace } from './control-file.js';
import { GenerationFile, readState, type GenerationState } from './generation-file.js';

/** The files of generations that one writer has open. */
export class GenerationFiles {
  private readonly files = new Map<string, GenerationFile>();

  constructor(private readonly folder: string) {}

  /** Opens a file; a new one takes the place of whatever lies there. */
  open(
    spec: GenerationSpec,
    place: Omit<GenerationPlace, 'projection'>,
    isNew: boolean,
  ): GenerationFile {
    const path = this.pathOf({ ...place, projection: spec.projection });
    if (isNew) this.remove((name) => name.startsWith(basename(path)));
    const file = new GenerationFile(path, spec, isNew);
    this.files.set(path, file);
    return file;
  }

  opened(place: GenerationPlace): GenerationFile | undefined {
    return this.files.get(this.pathOf(place));
  }

  /** What the file of another version says of itself; undefined if it cannot be read. */
  stateOf(place: GenerationPlace): GenerationState | undefined {
    try {
      return readState(this.pathOf(place));
    } catch {
      return undefined;
    }
  }

  /** The open file of a generation; CheckpointMoved if it is gone. */
  of(generation: Generation): GenerationFile {
    const file = this.opened(generation);
    if (file === undefined) throw new CheckpointMoved(generation);
    return file;
  }

  shut(place: GenerationPlace): void {
    const path = this.pathOf(place);
    this.files.get(path)?.close();
    this.files.delete(path);
  }

  /** Removes the files of a projection that belong to none of the generations named. */
  removeAllBut(projection: ProjectionName, kept: readonly GenerationPlace[]): void {
    const paths = new Set(kept.map((place) => this.pathOf(place)));
    for (const path of this.files.keys()) {
      const isStray = basename(path).startsWith(`${projection}.`) && !paths.has(path);
      if (!isStray) continue;
      this.files.get(path)?.close();
      this.files.delete(path);
    }
    const names = [...paths].map((path) => basename(path));
    this.remove(
      (name) => name.startsWith(`${projection}.`) && !names.some((one) => name.startsWith(one)),
    );
  }

  close(): void {
    for (const file of this.files.values()) file.close();
    this.files.clear();
  }

  private pathOf(place: GenerationPlace): string {
    return generationPath(this.folder, place);
  }

  private remove(isUnwanted: (name: string) => boolean): void {
    for (const name of readdirSync(this.folder)) {
      if (isUnwanted(name)) rmSync(join(this.folder, name), { force: true });
    }
  }
}
