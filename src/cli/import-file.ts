import { open, type FileHandle } from 'node:fs/promises';
import { laterOf } from '../api/position-tokens.js';
import { PlayheadError } from '../domain/errors.js';
import { BadLines } from './bad-lines.js';
import { linesOf } from './file-lines.js';
import { importLinesOf, LINE_BYTES_MAX, type ImportLine } from './import-lines.js';
import { ImportSender, type SenderOptions } from './import-sender.js';
import { statFile } from './input-file.js';
import { assertNdjson } from './ndjson.js';
import { Ordinals } from './ordinals.js';
import { Rejects } from './rejects.js';

/** Events of one request: few, so that a server takes many requests a second. */
const BATCH_LINES_MAX = 1_000;
/** Well below the smallest body limit that makes sense. */
const BATCH_BYTES_MAX = 2 ** 18;

export interface ImportOptions extends SenderOptions {
  readonly file: string;
  /** The file to which rejected lines are written. */
  readonly rejects: string | undefined;
  /** Called with numbers of bytes of the file. */
  readonly onProgress: (done: number, total: number) => void;
}

/** The outcome of an import, so far. */
export interface ImportReport {
  /** Lines that are not blank. */
  events: number;
  accepted: number;
  /** Events that were stored already. */
  duplicates: number;
  /** Duplicates that say something else than the stored event. */
  conflicting: number;
  readonly bad: BadLines;
  /** For `read-after`; undefined if nothing was stored. */
  position: string | undefined;
}

/** An import that broke off, with its outcome until then. */
export class ImportBroken extends Error {
  constructor(
    cause: Error,
    readonly report: ImportReport,
  ) {
    super(cause.message, { cause });
    this.name = 'ImportBroken';
  }
}

/**
 * Sends the events of a file. The file may be imported again, also once it has grown: an event that
 * is stored already is a duplicate.
 */
export async function importFile(options: ImportOptions): Promise<ImportReport> {
  const { size } = await statFile(options.file);
  const file = await open(options.file);
  try {
    await assertNdjson(file, options.file);
    const { rejects: path } = options;
    const rejects = path === undefined ? undefined : await Rejects.open(path);
    const run = new ImportRun(file, rejects, options);
    try {
      await run.sendAll(size);
      await rejects?.finish();
      return run.report;
    } catch (error) {
      await rejects?.discard();
      throw new ImportBroken(error as Error, run.report);
    }
  } finally {
    await file.close();
  }
}

/** Sends a file from its beginning to its end, a batch at a time. */
class ImportRun {
  readonly report: ImportReport = {
    ...{ events: 0, accepted: 0, duplicates: 0, conflicting: 0, position: undefined },
    bad: new BadLines(),
  };
  private readonly sender: ImportSender;

  constructor(
    private readonly file: FileHandle,
    private readonly rejects: Rejects | undefined,
    private readonly options: ImportOptions,
  ) {
    this.sender = new ImportSender(options);
  }

  /** Sends the whole file, also lines that are written to its end meanwhile. */
  async sendAll(size: number): Promise<void> {
    const { file: path, isStrict, signal, onProgress } = this.options;
    let read = 0;
    const lines = linesOf(this.file, {
      bytesMax: LINE_BYTES_MAX,
      signal,
      onProgress: (bytes) => {
        read = bytes;
        onProgress(bytes, Math.max(bytes, size));
      },
    });
    const all = importLinesOf(lines, new Ordinals());
    for await (const batch of batchesOf(isStrict ? toFirstBad(all) : all)) {
      await this.send(batch);
      if (isStrict && this.report.bad.count > 0) return;
    }
    if ((await this.file.stat()).size < read) {
      throw new Error(`${path} was cut off while it was imported`);
    }
  }

  private async send(batch: readonly ImportLine[]): Promise<void> {
    const { report, rejects } = this;
    const good = batch.flatMap(({ event }) => (isBad(event) ? [] : [event]));
    const { accepted, duplicates, conflicting, position, refused } = await this.sender.send(good);
    report.accepted += accepted;
    report.duplicates += duplicates;
    report.conflicting += conflicting;
    if (position !== undefined) report.position = laterOf(position, report.position ?? '');
    const bad = batch.flatMap(({ source, event }) => {
      const reason = isBad(event) ? event : refused.get(source.number);
      return reason === undefined ? [] : [{ source, reason }];
    });
    // A strict import ends at its first bad line.
    const told = this.options.isStrict ? bad.slice(0, 1) : bad;
    for (const { source, reason } of told) report.bad.add(source.number, reason);
    await rejects?.add(
      told.map(({ source }) => source),
      this.file,
    );
    report.events += accepted + duplicates + told.length;
  }
}

const isBad = (event: ImportLine['event']): event is PlayheadError =>
  event instanceof PlayheadError;

async function* toFirstBad(lines: AsyncIterable<ImportLine>): AsyncGenerator<ImportLine> {
  for await (const line of lines) {
    yield line;
    if (isBad(line.event)) return;
  }
}

async function* batchesOf(lines: AsyncIterable<ImportLine>): AsyncGenerator<readonly ImportLine[]> {
  let batch: ImportLine[] = [];
  let bytes = 0;
  for await (const line of lines) {
    const { event, source } = line;
    const length = isBad(event) ? source.bytes.length : Buffer.byteLength(event.json) + 1;
    if (
      batch.length === BATCH_LINES_MAX ||
      (batch.length > 0 && bytes + length > BATCH_BYTES_MAX)
    ) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(line);
    bytes += length;
  }
  if (batch.length > 0) yield batch;
}
