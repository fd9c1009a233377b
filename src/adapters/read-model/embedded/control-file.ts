import { join } from 'node:path';
import type { ProjectionName } from '../../../ports/projection.js';
import {
  checkFile,
  closeForWriting,
  NewerSchema,
  openForWriting,
  type Connection,
} from '../../sqlite/database.js';

/** The file that says which generation of a projection queries read. */
export const controlPath = (folder: string): string => join(folder, 'control.db');

/** The file of one generation. */
export const generationPath = (
  folder: string,
  { projection, version, number }: Pointer & { readonly projection: ProjectionName },
): string => join(folder, `${projection}.v${String(version)}.g${String(number)}.db`);

const CONTROL_SCHEMA_VERSION = 1;

/** Refuses a folder that a newer release wrote; a damaged file is made anew later. */
export function checkControlFile(folder: string): void {
  try {
    checkFile(controlPath(folder), CONTROL_SCHEMA_VERSION);
  } catch (error) {
    if (error instanceof NewerSchema) throw error;
  }
}

export interface Pointer {
  readonly version: number;
  readonly number: number;
}

export const POINTER_QUERY = 'SELECT version, number FROM serving WHERE projection = ?';

/** Writes which generation of each projection serves. */
export class ControlFile {
  private readonly connection: Connection;

  constructor(folder: string) {
    this.connection = openForWriting(controlPath(folder), {
      schemaVersion: CONTROL_SCHEMA_VERSION,
      synchronous: 'FULL',
      schema: `CREATE TABLE serving(
        projection TEXT PRIMARY KEY, version INT NOT NULL, number INT NOT NULL
      )`,
    });
    this.connection.prepare('SELECT count(*) FROM serving').get();
  }

  pointerOf(projection: ProjectionName): Pointer | undefined {
    return toPointer(this.connection.prepare(POINTER_QUERY).raw().get(projection));
  }

  point(projection: ProjectionName, { version, number }: Pointer): void {
    this.connection
      .prepare(
        `INSERT INTO serving VALUES (?, ?, ?) ON CONFLICT (projection)
         DO UPDATE SET version = excluded.version, number = excluded.number`,
      )
      .run(projection, version, number);
  }

  close(): void {
    closeForWriting(this.connection);
  }
}

export function toPointer(row: readonly unknown[] | undefined): Pointer | undefined {
  if (row === undefined) return undefined;
  const [version, number] = row as [number, number];
  return { version, number };
}
