import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, copyFile, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The log, in a data folder and in a backup of one. */
export const LOG_FILE = 'events.db';
/** Written last: a folder without it is no finished backup. */
const MANIFEST_FILE = 'backup.json';
const FORMAT = 1;
const OWNER_ONLY = 0o600;

const MANIFEST = z.object({
  /** The form of the folder; another one is refused. */
  format: z.literal(FORMAT),
  /** RFC 3339. */
  createdAt: z.string(),
  storeId: z.string(),
  events: z.number(),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
});

/** What a backup says of itself. */
export type BackupManifest = z.infer<typeof MANIFEST>;
export type BackupFile = BackupManifest['files'][number];

export function readManifest(folder: string): BackupManifest {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path)) throw new Error(`${folder} is not a finished backup: it has no ${path}`);
  const parsed = MANIFEST.safeParse(jsonOf(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new Error(`${path} is not of a form that this release knows`);
  return parsed.data;
}

/** What a text says, or undefined if it is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function writeManifest(
  folder: string,
  manifest: Omit<BackupManifest, 'format'>,
): Promise<void> {
  const path = join(folder, MANIFEST_FILE);
  const file = await open(path, 'wx');
  try {
    await file.writeFile(`${JSON.stringify({ format: FORMAT, ...manifest }, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(folder);
}

/** A file's size and the digest of its bytes. */
export async function describeFile(
  folder: string,
  name: string,
  signal: AbortSignal,
): Promise<BackupFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(join(folder, name), { signal })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { name, bytes, sha256: hash.digest('hex') };
}

/** Copies a file that is on disk, under its name, when this resolves. */
export async function copyDurably(from: string, to: string): Promise<void> {
  const partial = partialOf(to);
  await copyFile(from, partial);
  await chmod(partial, OWNER_ONLY);
  const file = await open(partial, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, to);
}

/** The name of a file while it is being written. */
export const partialOf = (path: string): string => `${path}.partial`;

/** Makes the names in a folder outlive a crash of the machine, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What a folder holds; nothing if it is not there. */
export const namesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder) : [];
