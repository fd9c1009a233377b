import { readConfig } from '../config.js';
import type { Rung } from '../domain/cmcd/rendition.js';
import { isRung, rungOf, RUNGS_MAX } from '../setting-rules.js';
import { CdnLines, type PassedOver } from './cdn/cdn-lines.js';
import { LOG_FORMAT_NAMES, type LogFormatName } from './cdn/log-formats.js';
import type { AddCommand, CommandContext } from './command.js';
import { WrongUsage } from './failure.js';
import { formatCount, formatCounted } from './format.js';
import {
  assertAllTaken,
  importedLines,
  runImport,
  withImport,
  type ImportCommandOptions,
} from './import-command.js';
import type { ImportReport } from './import-file.js';
import { unpackedBytes } from './input-bytes.js';
import { REMOTE_HELP } from './remote.js';

interface Options extends ImportCommandOptions {
  readonly format: string;
  readonly ladder?: string;
  readonly views?: boolean;
}

/** `import-cdn FILE`: sends what a CDN's log says that players were sent. */
export const addImportCdn: AddCommand = (program, context) => {
  withImport(program.command('import-cdn'))
    .argument('<file>', "a CDN's log of requests with CMCD, plain or packed with gzip")
    .description("send the bytes that a CDN's log tells of to a running server")
    .requiredOption('--format <name>', `one of ${LOG_FORMAT_NAMES.join(', ')}`)
    .option('--ladder <rungs>', 'what rates stand for, as CMCD_LADDER has it, which it replaces')
    .option('--views', 'count views, too, of sessions that no player reported')
    .addHelpText(
      'after',
      `${REMOTE_HELP.admin}

Counts the bytes of each request that names its session and its title by CMCD (sid
and cid), in the query or in headers, of version 1 or 2. Requests without CMCD,
and those by OPTIONS or HEAD, are passed over. docs/players.md says what the log
of each CDN has to hold.

A line is stored once: import a file again after an interruption, once it has
grown, or together with others that overlap it. Lines are told by the CDN's id of
the request, else by what they hold.

What is stored keeps the renditions of its first import, whatever --ladder says.

Sessions that hold estimated bytes are not taken: set CMCD_BYTES=off on the server
before their players report. What rates stand for is taken from --ladder, else from
CMCD_LADDER here, else guessed.

With --views, sessions that no player reported become views: their watch time is
what their segments hold, and their stalls are a rough count.

Examples:
  playhead import-cdn --format nginx access.log
  playhead import-cdn --format cloudfront E2EXAMPLE.2026-11-29-17.a1b2c3d4.gz
  playhead import-cdn --format ndjson --ladder 750:540p,1500:810p --views log.ndjson`,
    )
    .action(async (file: string, options: Options) => {
      const format = formatOf(options);
      const hasViews = options.views === true;
      const lines = new CdnLines(format, { ladder: ladderOf(options, context), hasViews });
      const kind = {
        open: unpackedBytes,
        read: (all: Parameters<CdnLines['of']>[0]) => lines.of(all),
      };
      const report = await runImport(file, options, context, kind);
      const { events, accepted, duplicates, conflicting, views, position, bad } = report;
      const counts = { events, accepted, duplicates, conflicting, ...(hasViews && { views }) };
      const { passedOver } = lines;
      context.terminal.result(
        {
          ...{ file, format, ...counts, ...passedOver, rejected: bad.count },
          ...{ reasons: Object.fromEntries(bad.reasons), position },
        },
        linesOf(report, { file, hasViews, passedOver }),
      );
      assertAllTaken(report, options);
    });
};

function formatOf({ format }: Options): LogFormatName {
  const known = LOG_FORMAT_NAMES.find((name) => name === format);
  if (known !== undefined) return known;
  throw new WrongUsage(`--format: must be one of ${LOG_FORMAT_NAMES.join(', ')}`);
}

function ladderOf({ ladder }: Options, { environment }: CommandContext): readonly Rung[] {
  const { CMCD_LADDER } = environment;
  if (ladder === undefined) return readConfig({ CMCD_LADDER }).cmcdRates.ladder;
  const rungs = ladder.split(',').map((rung) => rung.trim());
  if (rungs.every(isRung) && rungs.length <= RUNGS_MAX) return rungs.map(rungOf);
  const most = String(RUNGS_MAX);
  throw new WrongUsage(
    `--ladder: must be rates and heights such as 300:240p,750:540p, ${most} at most`,
  );
}

function linesOf(
  report: ImportReport,
  of: { readonly file: string; readonly hasViews: boolean; readonly passedOver: PassedOver },
): readonly string[] {
  const { conflicting, views, bad } = report;
  const { withoutCmcd, withinCdn, withoutContent } = of.passedOver;
  const said = (count: number, text: string): readonly string[] => (count > 0 ? [text] : []);
  return [
    ...importedLines(report, { file: of.file, noun: 'request' }),
    ...said(
      conflicting,
      `${formatCount(conflicting)} of these have the id of another request, and are not counted.`,
    ),
    ...(of.hasViews ? [`${formatCounted(views, 'view')} came of it.`] : []),
    ...said(withoutCmcd, `Passed over ${formatCounted(withoutCmcd, 'request')} without CMCD.`),
    ...said(withinCdn, `Passed over ${formatCounted(withinCdn, 'request')} within the CDN.`),
    ...said(
      withoutContent,
      `Passed over ${formatCounted(withoutContent, 'request')} by OPTIONS or HEAD.`,
    ),
    ...[...bad.reasons].map(([why, count]) => `Not taken: ${formatCount(count)}, as ${why}.`),
  ];
}
