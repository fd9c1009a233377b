import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../adapters/system/durable-files.js';
import { readRegularFile } from '../regular-file.js';

/** The description that a backup holds of itself. */
export type BackupManifest = z.infer<typeof MANIFEST>;

const FORMAT = 1;
const MANIFEST = z.object({
  /** The form of the folder; any other form is refused. */
  format: z.literal(FORMAT),
  /** In RFC 3339. */
  createdAt: z.string(),
  storeId: z.string(),
  events: z.number(),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
});

export type BackupFile = BackupManifest['files'][number];

/** The file that is written last: a folder without it is no finished backup. */
const MANIFEST_FILE = 'backup.json';

export function readManifest(folder: string): BackupManifest {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path)) throw new Error(`${folder} is not a finished backup: it has no ${path}`);
  const parsed = MANIFEST.safeParse(jsonOf(readRegularFile(path)));
  if (!parsed.success) throw new Error(`${path} is not of a form that this release knows`);
  return parsed.data;
}

/** Parses a text; undefined if it is no JSON. */
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
  const text = JSON.stringify({ format: FORMAT, ...manifest }, undefined, 2);
  await writeDurably(join(folder, MANIFEST_FILE), `${text}\n`);
}

/** Returns a file's size and the digest of its bytes. */
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

/** Says whether a file of a folder is as its backup describes it. */
export async function isAsDescribed(
  folder: string,
  { name, bytes, sha256 }: BackupFile,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await describeFile(folder, name, signal);
  return found.bytes === bytes && found.sha256 === sha256;
}

/** Returns the fault of a backup whose log was altered since; undefined for any other folder. */
export async function alteredLog(
  folder: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!existsSync(join(folder, MANIFEST_FILE))) return undefined;
  const described = readManifest(folder).files.find((file) => file.name === name);
  if (described === undefined || (await isAsDescribed(folder, described, signal))) return undefined;
  return `${name} is not what was backed up, as ${MANIFEST_FILE} says`;
}

/** Lists the names in a folder; none if it is not there. */
export const namesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder) : [];
