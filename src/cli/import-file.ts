import { BadLines } from './bad-lines.js';
import { checkFile, eventsOf, type EventLine } from './import-lines.js';
import { statFile } from './input-file.js';
import { ImportSender, type SenderOptions } from './import-sender.js';

/** A request's events: one server's second is many of them, and a retry is soon made. */
const BATCH_EVENTS_MAX = 1_000;
/** Well below the smallest body limit that is sensible, with room for ids that are added. */
const BATCH_BYTES_MAX = 2 ** 18;

type ImportStep = 'checking' | 'importing';

export interface ImportOptions extends SenderOptions {
  readonly file: string;
  /** The first line that is sent; those before are known to be stored. */
  readonly fromLine: number;
  readonly onProgress: (step: ImportStep, done: number, total: number) => void;
}

export interface ImportReport {
  /** Of the file, whether sent now or skipped. */
  readonly events: number;
  /** Of those sent now. */
  readonly accepted: number;
  readonly duplicates: number;
  /** For `read-after`; undefined if nothing was sent. */
  readonly position: string | undefined;
}

/** It was cut off: everything before a line is stored. */
export class ImportBroken extends Error {
  constructor(
    cause: Error,
    /** The first line that may not be stored. */
    readonly line: number,
  ) {
    super(cause.message, { cause });
    this.name = 'ImportBroken';
  }
}

/**
 * Checks a file, then sends its events. The file may be imported again, whole or from a line on: an
 * event that is stored already is a duplicate.
 */
export async function importFile(options: ImportOptions): Promise<ImportReport> {
  const { file, fromLine, signal, onProgress } = options;
  const before = await statFile(file);
  const read = { file, signal };
  const { digest, events, bad, badCount } = await checkFile(read, (bytes) => {
    onProgress('checking', bytes, before.size);
  });
  if (badCount > 0) throw new BadLines(bad, badCount, 'imported');
  const sender = new ImportSender(options);
  const report = { events, accepted: 0, duplicates: 0, position: undefined as string | undefined };
  let done = 0;
  for await (const batch of batchesOf(eventsOf(read, digest))) {
    done += batch.length;
    const wanted = batch.filter(({ line }) => line >= fromLine);
    const [first] = wanted;
    if (first !== undefined) {
      const { accepted, duplicates, position } = await sender
        .send(wanted)
        .catch((error: unknown) => {
          throw new ImportBroken(error as Error, first.line);
        });
      report.accepted += accepted;
      report.duplicates += duplicates;
      report.position = position;
    }
    onProgress('importing', done, events);
  }
  const after = await statFile(file);
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
    throw new Error(`${file} was changed while it was imported: import a file that stays`);
  }
  return report;
}

async function* batchesOf(events: AsyncIterable<EventLine>): AsyncGenerator<readonly EventLine[]> {
  let batch: EventLine[] = [];
  let bytes = 0;
  for await (const event of events) {
    const length = Buffer.byteLength(event.json) + 1;
    if (batch.length === BATCH_EVENTS_MAX || bytes + length > BATCH_BYTES_MAX) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(event);
    bytes += length;
  }
  if (batch.length > 0) yield batch;
}
