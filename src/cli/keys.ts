import { randomBytes } from 'node:crypto';
import type { AddCommand } from './command.js';

/** `keys generate`: prints new keys as lines of an environment file. */
export const addKeys: AddCommand = (program, { terminal }) => {
  program
    .command('keys')
    .description('make access keys')
    .command('generate')
    .description('print a new key for each role, as lines of an environment file')
    .option('--viewer-secret', 'print a VIEWER_SECRET too, for a new EventStoreDB deployment')
    .addHelpText(
      'after',
      `
Nothing is stored: put the lines where the server finds them. Several keys of a
role may be set with commas between them, so that a new one can be handed out
before the old one is withdrawn.

Examples:
  playhead keys generate
  (umask 077; playhead keys generate --viewer-secret > .env)`,
    )
    .action(({ viewerSecret }: { viewerSecret?: boolean }) => {
      const wanted = [...ROLES, ...(viewerSecret === true ? [SECRET] : [])];
      const made = wanted.map(({ name, purpose }) => ({ name, purpose, value: newKey() }));
      terminal.result(
        Object.fromEntries(made.map(({ name, value }) => [name, value])),
        made.flatMap(({ name, purpose, value }) => [`# ${name}, ${purpose}`, `${name}=${value}`]),
      );
    });
};

/** The setting of each role, and the purpose of its key. */
const ROLES = [
  { name: 'INGEST_KEY', purpose: 'for players: may record, nothing else' },
  { name: 'READ_KEY', purpose: 'for dashboards: may ask for figures' },
  { name: 'ADMIN_KEY', purpose: 'for you: may do everything' },
] as const;
const SECRET = {
  name: 'VIEWER_SECRET',
  purpose: 'hashes user ids: as precious as the data, never changed once events are stored',
} as const;
const KEY_BYTES = 32;

/** Draws a key of 43 characters: letters, digits, `-` and `_`. */
const newKey = (): string => randomBytes(KEY_BYTES).toString('base64url');
