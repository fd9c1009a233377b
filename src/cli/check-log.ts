import { existsSync } from 'node:fs';
import { checkLog, type LogCheckReport } from '../adapters/event-store/embedded/log-check.js';
import { keepPosition, readKeptPosition } from '../adapters/event-store/embedded/kept-position.js';
import { assertPresentForm } from '../adapters/event-store/embedded/old-log.js';
import { lockFolder } from '../adapters/sqlite/folder-lock.js';
import { dataFolder, explainingDisk } from '../composition/disk-faults.js';
import { LOG_FILE, locationsOf } from '../composition/locations.js';
import { readStoreConfig } from '../config.js';
import { LOG_START } from '../ports/event-store.js';
import { alteredLog } from './backup-files.js';
import type { AddCommand } from './command.js';
import { WrongUsage } from './failure.js';
import { formatCount, formatCounted } from './format.js';

interface Options {
  readonly acceptCut?: boolean;
}

/** `check-log`: reads the whole log of a data folder and says what is damaged. */
export const addCheckLog: AddCommand = (program, { environment, interruption, terminal }) => {
  program
    .command('check-log')
    .description('read the whole log (DATA_DIR) and say what of it is damaged')
    .option('--accept-cut', 'go on with a log that ends before what was acknowledged')
    .addHelpText(
      'after',
      `
Compares every event with its checksum, its position and its place in its
stream, and where streams end with what the file says; in the folder of a backup
the file with what the backup says of it, too. A server may be at work.
Changes nothing, but with --accept-cut: a server refuses a log that ends before
what it acknowledged, and takes it again after that. What was cut off is lost;
restore a backup where it holds more.

Ends with 1 if anything is damaged or cut off. Read models park a damaged event
by itself; see parked.

Examples:
  playhead check-log
  DATA_DIR=/data playhead check-log --accept-cut`,
    )
    .action(async ({ acceptCut = false }: Options) => {
      const config = readStoreConfig(environment);
      const { log } = locationsOf(config);
      if (log.kind !== 'embedded') {
        throw new WrongUsage('EVENTSTORE_URL is set: its server looks after the log');
      }
      const { path } = log;
      if (!existsSync(path)) {
        throw new WrongUsage(`the data folder ${config.dataDir} holds no ${LOG_FILE}`);
      }
      const progress = terminal.progress('checking', 'events');
      const place = { ...dataFolder(config.dataDir), folder: path };
      const report = await explainingDisk(place, () => {
        assertPresentForm(path);
        return checkLog({
          path,
          signal: interruption,
          onProgress: (done, total) => {
            progress.update(done, total);
          },
        });
      }).finally(() => {
        progress.end();
      });
      const kept = readKeptPosition(path);
      // A server may have gone on in a backup's folder: then it keeps a position there.
      const altered =
        kept === LOG_START ? await alteredLog(config.dataDir, LOG_FILE, interruption) : undefined;
      const lost = Math.max(0, kept - report.events);
      if (acceptCut && lost > 0) await accept(config.dataDir, path, report.events);
      terminal.result({ ...report, lost, altered }, [
        ...linesOf(report, { lost, acceptCut }),
        ...(altered === undefined ? [] : [`${altered}: restore refuses it.`]),
      ]);
      if (report.faults > 0) throw new Error('the log is damaged');
      if (altered !== undefined) throw new Error('the backup is damaged');
      if (lost > 0 && !acceptCut) throw new Error('the log was cut off');
    });
};

/** Keeps the head as the log's end. The lock makes sure that no server writes meanwhile. */
async function accept(dataDir: string, path: string, head: number): Promise<void> {
  const lock = await lockFolder(dataDir);
  try {
    keepPosition(path, head);
  } finally {
    lock.release();
  }
}

function linesOf(
  { events, streams, faults, named }: LogCheckReport,
  { lost, acceptCut }: { readonly lost: number; readonly acceptCut: boolean },
): readonly string[] {
  const looked = `${formatCounted(events, 'event')} in ${formatCounted(streams, 'stream')}`;
  const cut = acceptCut ? 'that is accepted from here on' : 'a server refuses the log';
  return [
    `${looked}: ${faults === 0 ? 'nothing is damaged' : formatCounted(faults, 'fault')}.`,
    ...named.map(({ position, reason }) => `  position ${String(position)}: ${reason}`),
    ...(faults > named.length ? [`  and ${formatCount(faults - named.length)} more`] : []),
    ...(lost > 0
      ? [`The last ${formatCounted(lost, 'event')} that it acknowledged are missing: ${cut}.`]
      : []),
  ];
}
