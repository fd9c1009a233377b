import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  NO_PROGRESS,
  type GenerationSpec,
  type GenerationStatus,
} from '../../../ports/read-model-store.js';
import { isDamaged } from '../../sqlite/file-faults.js';
import {
  ControlFile,
  controlPath,
  type GenerationPlace,
  type GenerationRow,
} from './control-file.js';
import { GenerationFiles } from './generation-files.js';

/**
 * The folder belongs to one process. In it, the role of a generation says which thread writes it:
 * one that fills belongs to whoever rebuilds, all others to whoever projects.
 */
export const ONLY_FENCE = 1;

/** The generations of a folder: what the control file says of them, and their own files. */
export class Generations {
  readonly control: ControlFile;
  readonly files: GenerationFiles;

  constructor(folder: string) {
    this.control = openControlFile(folder);
    this.files = new GenerationFiles(folder);
  }

  rowsOf({ projection, version }: GenerationSpec): readonly GenerationRow[] {
    return this.control.generationsOf(projection).filter((row) => row.version === version);
  }

  servingOf(spec: Pick<GenerationSpec, 'projection' | 'version'>): GenerationRow | undefined {
    const pointer = this.control.pointerOf(spec.projection);
    return pointer?.version === spec.version ? this.rowOf({ ...spec, ...pointer }) : undefined;
  }

  rowOf({ projection, version, number }: GenerationPlace): GenerationRow | undefined {
    const rows = this.control.generationsOf(projection);
    return rows.find((row) => row.version === version && row.number === number);
  }

  /** A file that is damaged counts as none: its documents can be folded again. */
  statusOf(spec: GenerationSpec, row: GenerationRow | undefined): GenerationStatus | undefined {
    if (row === undefined) return undefined;
    const { projection, version, number } = row;
    try {
      const file = this.files.opened(row) ?? this.files.open(spec, row, false);
      const state = file.state();
      const generation = { projection, version, number, fence: ONLY_FENCE, ...state };
      const scanned = Math.max(state.checkpoint, row.scanned);
      // Positions of the embedded log count its events.
      const looked = { scanned, eventsSeen: scanned };
      const progress = { ...NO_PROGRESS, ...looked, ...file.waiting() };
      const ownership = { servesFrom: undefined, isTaken: false, owner: undefined };
      return { ...generation, ...progress, ...ownership };
    } catch (error) {
      if (!isDamaged(error)) throw error;
      return undefined;
    }
  }

  removeStrays({ projection }: Pick<GenerationSpec, 'projection'>): void {
    this.files.removeAllBut(projection, this.control.generationsOf(projection));
  }

  close(): void {
    this.files.close();
    this.control.close();
  }
}

/** Which generation serves can be found out again: a file that is damaged is made anew. */
function openControlFile(folder: string): ControlFile {
  try {
    return new ControlFile(folder);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    const name = basename(controlPath(folder));
    for (const file of readdirSync(folder)) {
      if (file.startsWith(name)) rmSync(join(folder, file));
    }
    return new ControlFile(folder);
  }
}
