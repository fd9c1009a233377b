import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECTIONS } from '../../projections/index.js';
import {
  assertPresentControlFile,
  checkControlFile,
  controlPath,
} from '../adapters/read-model/embedded/control-file.js';
import { checkLogFile } from '../adapters/event-store/embedded/log-backup.js';
import { assertPresentForm } from '../adapters/event-store/embedded/old-log.js';
import { metaStream } from '../commands/stream-names.js';
import { explainingDisk } from '../composition/disk-faults.js';
import { LOG_FILE, locationsOf, type Locations } from '../composition/locations.js';
import { verifyStores, type StoresReport } from '../composition/verification.js';
import { readStoreConfig } from '../config.js';
import { readableKey } from '../domain/document-key.js';
import type { DocumentDifference } from '../ports/projection-administration.js';
import { inScratchFolder } from '../threads/scratch-folder.js';
import type { AddCommand } from './command.js';
import { WrongUsage } from './failure.js';
import { formatCount, formatCounted } from './format.js';

/** `verify`: compares a read model with what the log gives now. */
export const addVerify: AddCommand = (program, { environment, interruption, terminal }) => {
  program
    .command('verify')
    .description('fold the log anew, apart, and compare a read model with the result')
    .argument('<name>', `the read model: ${NAMES.join(', ')}`)
    .addHelpText(
      'after',
      `
Works on the stores themselves (DATA_DIR, or EVENTSTORE_URL and MONGODB_URL),
also while a server does, and changes nothing there. What it folds is kept in a
temporary folder (TMPDIR) meanwhile. What retention took is left out, and with
RETENTION_DAYS what it may take.

Ends with 1 if a document differs, and names the first one and the events behind
it. Documents for which events are parked differ as they should, and are counted
apart. Events of the log that cannot be read are counted too: a document that
differs may hold what the log no longer does, and a rebuild would lose it.

Examples:
  playhead verify bandwidth
  DATA_DIR=/data playhead verify --json streaming-analytics`,
    )
    .action(async (name: string) => {
      if (!NAMES.includes(name)) {
        throw new WrongUsage(`there is no read model ${name}; known are ${NAMES.join(', ')}`);
      }
      const config = readStoreConfig(environment);
      const locations = locationsOf(config);
      checkFiles(locations, config.dataDir);
      const { retentionDays, streamPrefix } = config;
      const task = { locations, metaStream: metaStream(streamPrefix), name, retentionDays };
      const progress = terminal.progress(`folding ${name}`);
      const place = { folder: tmpdir(), elsewhere: 'set TMPDIR to another folder' };
      const report = await explainingDisk(place, () =>
        inScratchFolder((scratch) =>
          verifyStores(
            { ...task, scratch },
            {
              signal: interruption,
              onProgress: (done, total) => {
                progress.update(done, total);
              },
            },
          ),
        ),
      ).finally(() => {
        progress.end();
      });
      terminal.result(report, linesOf(report));
      if (report.differing > 0) throw new Error(`${name} is not as the log says`);
    });
};

const NAMES: readonly string[] = PROJECTIONS.map(({ name }) => name);

/** Throws where a file is not there, since opening it would make it. */
function checkFiles({ log, readModels }: Locations, dataDir: string): void {
  if (log.kind === 'embedded') {
    if (!existsSync(log.path)) throw new WrongUsage(`the data folder ${dataDir} holds no log`);
    checkLogFile(join(dataDir, LOG_FILE));
    assertPresentForm(join(dataDir, LOG_FILE));
  }
  if (readModels.kind !== 'embedded') return;
  const { folder } = readModels;
  if (!existsSync(controlPath(folder))) {
    throw new WrongUsage(`the data folder ${dataDir} holds no read models`);
  }
  checkControlFile(folder);
  assertPresentControlFile(folder);
}

function linesOf(report: StoresReport): readonly string[] {
  const { name, version, checkpoint, documents, differing, parked, first } = report;
  const compared = `${formatCounted(documents, 'document')} at position ${formatCount(checkpoint)}`;
  const differ = differing === 1 ? 'differs' : 'differ';
  return [
    `${name}, version ${String(version)}: ${compared}, ${formatCount(differing)} ${differ}.`,
    ...(parked > 0
      ? [`${formatCount(parked)} ${parked === 1 ? 'lacks' : 'lack'} parked events, as expected.`]
      : []),
    ...(first === undefined ? [] : differenceLines(first)),
    ...unreadLines(report),
  ];
}

/** Names the unreadable events, which a difference may come from without the read model's fault. */
function unreadLines({ unread, differing }: StoresReport): readonly string[] {
  const { events, first } = unread;
  if (events === 0) return [];
  const count = `${formatCounted(events, 'event')} of the log`;
  return [
    `${count} cannot be read, the first at position ${String(first)}: see check-log and parked.`,
    ...(differing > 0
      ? ['The read model may hold what the log no longer does: a rebuild would lose it.']
      : []),
  ];
}

function differenceLines(difference: DocumentDifference): readonly string[] {
  const { key, expected = 'no document', found = 'no document', positions, isCut } = difference;
  return [
    'The first one, in the order of keys:',
    `  document  ${readableKey(key)}`,
    `  expected  ${expected}`,
    `  found     ${found}`,
    `  events    ${positions.join(', ') || 'none'}${isCut ? ', and more' : ''}`,
  ];
}
