import { InvalidArgumentError } from 'commander';
import { checkMedia, type MediaFields } from '../api/media-fields.js';
import { PlayheadError } from '../domain/errors.js';
import type { AddCommand, CommandContext } from './command.js';
import { WrongUsage } from './failure.js';
import { formatCounted } from './format.js';
import { decimalOf, readMediaFile } from './media-file.js';
import { registerAll, registerMedia } from './media-registration.js';
import { Remote, REMOTE_HELP, withRemote, type RemoteOptions } from './remote.js';

interface Options extends RemoteOptions {
  readonly title?: string;
  readonly thumbnail?: string;
  readonly duration?: number;
  readonly file?: string;
}

/** `media register`: gives titles to media ids. */
export const addMedia: AddCommand = (program, context) => {
  const media = program.command('media').description('say what media ids stand for');
  withRemote(media.command('register'))
    .description('give a title, and more, to a media id; or to those of a file')
    .argument('[id]', 'the mediaId that players send')
    .option('--title <text>', 'what people call it')
    .option('--thumbnail <url>', 'an http(s) address of a picture')
    .option('--duration <seconds>', 'how long it is', secondsOf)
    .option(
      '--file <path>',
      'CSV with a header row, or NDJSON: mediaId, title, thumbnail, duration',
    )
    .addHelpText(
      'after',
      `${REMOTE_HELP.admin}

What was registered before is replaced. All rows of a file are checked before
the first is sent; it may be sent again.

Examples:
  playhead media register the-harbour --title 'The Harbour' --duration 5400
  playhead media register --file titles.csv`,
    )
    .action(async (id: string | undefined, options: Options) => {
      const remote = Remote.of(options, context);
      const { file, title, thumbnail, duration } = options;
      if (file === undefined) await registerOne(fieldsOf(id, options), remote, context);
      else if ((id ?? title ?? thumbnail ?? duration) === undefined) {
        await registerFile(file, remote, context);
      } else throw new WrongUsage('name one title, or a file of them with --file');
    });
};

function fieldsOf(mediaId: string | undefined, options: Options): MediaFields {
  const { title, thumbnail = null, duration = null } = options;
  if (mediaId === undefined || title === undefined) {
    throw new WrongUsage('name a mediaId and its --title, or a file of them with --file');
  }
  const fields = { mediaId, title, thumbnail, duration };
  try {
    checkMedia(fields);
  } catch (error) {
    throw error instanceof PlayheadError ? new WrongUsage(error.message) : error;
  }
  return fields;
}

async function registerOne(
  fields: MediaFields,
  remote: Remote,
  { terminal }: CommandContext,
): Promise<void> {
  const registered = await registerMedia(remote, fields);
  terminal.result(registered, [`Registered ${registered.mediaId}: ${registered.title}`]);
}

async function registerFile(
  file: string,
  remote: Remote,
  { interruption, terminal }: CommandContext,
): Promise<void> {
  const { rows, bad } = await readMediaFile(file);
  if (bad.count > 0) {
    bad.tell(terminal);
    const lines = formatCounted(bad.count, 'line');
    throw new Error(`${lines} cannot be registered; nothing was sent. Correct the file first`);
  }
  const progress = terminal.progress('registering', 'titles');
  try {
    await registerAll(rows, {
      remote,
      signal: interruption,
      onProgress: (done) => {
        progress.update(done, rows.length);
      },
    });
  } finally {
    progress.end();
  }
  const count = formatCounted(rows.length, 'title');
  terminal.result({ file, registered: rows.length }, [`Registered ${count} of ${file}.`]);
}

function secondsOf(text: string): number {
  const seconds = decimalOf(text);
  if (seconds !== undefined) return seconds;
  throw new InvalidArgumentError('It must be a number of seconds.');
}
