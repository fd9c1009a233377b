import { open, type FileHandle } from 'node:fs/promises';
import { laterOf } from '../api/position-tokens.js';
import { PlayheadError } from '../domain/errors.js';
import { BadLines } from './bad-lines.js';
import { linesOf, type FileLine } from './file-lines.js';
import { plainBytes, type InputBytes } from './input-bytes.js';
import { importLinesOf, LINE_BYTES_MAX, type EventLine, type ImportLine } from './import-lines.js';
import { ImportSender, type BatchOutcome, type SenderOptions } from './import-sender.js';
import { statFile } from './input-file.js';
import { assertNdjson } from './ndjson.js';
import { Ordinals } from './ordinals.js';
import { Rejects } from './rejects.js';

/**
 * Sends the events of a file. The file may be imported again, also once it has grown: an event that
 * is stored already is a duplicate.
 */
export async function importFile(
  options: ImportOptions,
  kind: ImportKind = EVENTS_FILE,
): Promise<ImportReport> {
  const { size } = await statFile(options.file);
  const file = await open(options.file);
  try {
    const input = await kind.open(file, options.file);
    const { rejects: path } = options;
    const rejects = path === undefined ? undefined : await Rejects.open(path);
    const run = new ImportRun(input, rejects, options);
    try {
      const isToTheEnd = await run.sendAll(size, kind);
      if (isToTheEnd && (await file.stat()).size < run.read) {
        throw new Error(`${options.file} was cut off while it was imported`);
      }
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

export interface ImportOptions extends SenderOptions {
  readonly file: string;
  /** The file to which rejected lines are written. */
  readonly rejects: string | undefined;
  /** Called with numbers of bytes of the file. */
  readonly onProgress: (done: number, total: number) => void;
}

/** A kind of file that can be imported. */
export interface ImportKind {
  /** Throws WrongUsage for a file that is of another kind. */
  readonly open: (file: FileHandle, path: string) => Promise<InputBytes>;
  /** Reads its lines. */
  readonly read: (lines: AsyncIterable<FileLine>) => AsyncIterable<ImportLine>;
}

/** Events in NDJSON. */
export const EVENTS_FILE: ImportKind = {
  open: async (file, path) => {
    await assertNdjson(file, path);
    return plainBytes(file);
  },
  read: (lines) => importLinesOf(lines, new Ordinals()),
};

/** The outcome of an import, so far. */
export interface ImportReport {
  /** Lines that are not blank. */
  events: number;
  accepted: number;
  /** Events that were stored already. */
  duplicates: number;
  /** Duplicates that say something else than the stored event. */
  conflicting: number;
  /** Views that lines showed and no player had reported. */
  views: number;
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

/** Sends a file from its beginning to its end, a batch at a time. */
class ImportRun {
  readonly report: ImportReport = {
    ...{ events: 0, accepted: 0, duplicates: 0, conflicting: 0, views: 0, position: undefined },
    bad: new BadLines(),
  };
  /** The bytes of the file that were read. */
  read = 0;
  private readonly sender: ImportSender;
  private heading: FileLine | undefined;

  constructor(
    private readonly input: InputBytes,
    private readonly rejects: Rejects | undefined,
    private readonly options: ImportOptions,
  ) {
    this.sender = new ImportSender(options);
  }

  /**
   * Sends the whole file, also lines that are written to its end meanwhile; false where it stopped
   * before.
   */
  async sendAll(size: number, kind: ImportKind): Promise<boolean> {
    const { isStrict, signal, onProgress } = this.options;
    const lines = linesOf(this.input, {
      bytesMax: LINE_BYTES_MAX,
      signal,
      onProgress: (bytes) => {
        this.read = bytes;
        onProgress(bytes, Math.max(bytes, size));
      },
    });
    const all = kind.read(lines);
    for await (const batch of batchesOf(isStrict ? toFirstBad(all) : all)) {
      await this.send(batch);
      if (isStrict && this.report.bad.count > 0) return false;
    }
    return true;
  }

  private async send(batch: readonly ImportLine[]): Promise<void> {
    const { report, rejects } = this;
    const good = batch.flatMap(({ event }) => (isBad(event) ? [] : [event]));
    const { accepted, duplicates, conflicting, refused } = await this.sendPart(good);
    report.accepted += accepted;
    report.duplicates += duplicates;
    report.conflicting += conflicting;
    const notShown = await this.sendShown(batch, this.endAt(refused));
    const bad = batch.flatMap(({ source, event, heading }) => {
      const { number } = source;
      const reason = isBad(event) ? event : (refused.get(number) ?? notShown.get(number));
      const isStored = !isBad(event) && !refused.has(number);
      return reason === undefined ? [] : [{ source, reason, heading, isStored }];
    });
    // A strict import ends at its first bad line.
    const told = this.options.isStrict ? bad.slice(0, 1) : bad;
    for (const { source, reason } of told) report.bad.add(source.number, reason);
    await rejects?.add(this.headed(told), this.input);
    report.events += accepted + duplicates + told.filter(({ isStored }) => !isStored).length;
  }

  /**
   * Sends what lines show of views, starts first, up to before a line; returns why the server
   * refuses lines.
   */
  private async sendShown(
    batch: readonly ImportLine[],
    before: number,
  ): Promise<BatchOutcome['refused']> {
    const shown = batch.flatMap((one) => (one.source.number < before ? (one.shown ?? []) : []));
    const starts = await this.sendPart(shown.flatMap(({ start }) => start ?? []));
    this.report.views += starts.accepted;
    const end = Math.min(before, this.endAt(starts.refused));
    const events = shown.flatMap(({ rest }) => rest).filter(({ line }) => line < end);
    const rest = await this.sendPart(events);
    return new Map([...starts.refused, ...rest.refused]);
  }

  /** Returns the line at which an import ends: a strict one at the first that is refused. */
  private endAt(refused: BatchOutcome['refused']): number {
    return this.options.isStrict ? Math.min(Infinity, ...refused.keys()) : Infinity;
  }

  private async sendPart(events: readonly EventLine[]): Promise<BatchOutcome> {
    const { report } = this;
    const outcome = await this.sender.send(events);
    const { position } = outcome;
    if (position !== undefined) report.position = laterOf(position, report.position ?? '');
    return outcome;
  }

  /** Returns lines with the headings that they need, each where it is another than before. */
  private headed(lines: readonly Pick<ImportLine, 'source' | 'heading'>[]): readonly FileLine[] {
    return lines.flatMap(({ source, heading }) => {
      if (heading === undefined || heading === this.heading) return [source];
      this.heading = heading;
      return [heading, source];
    });
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

/** Events of one request: few, so that a server takes many requests a second. */
const BATCH_LINES_MAX = 1_000;
/** Well below the smallest body limit that makes sense. */
const BATCH_BYTES_MAX = 2 ** 18;

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
