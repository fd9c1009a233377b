import { badInput, PlayheadError } from '../../domain/errors.js';
import type { FileLine } from '../file-lines.js';
import { LINE_BYTES_MAX, type ImportLine } from '../import-lines.js';
import { namedIdOf, rawLineIdOf } from '../line-id.js';
import { Ordinals } from '../ordinals.js';
import { CdnEvents, type CdnOptions } from './cdn-events.js';
import { readCmcdRequest } from './cmcd-request.js';
import { LOG_FORMATS, type LogFormatName } from './log-formats.js';
import type { LoggedRequest, LineReader } from './logged-request.js';

/** The lines of a log that are passed over, as they tell of nothing that a player asked for. */
export interface PassedOver {
  /** Requests without CMCD. */
  withoutCmcd: number;
  /** Requests between the servers of the CDN. */
  withinCdn: number;
  /** Requests that fetch nothing: a page asks whether it may, or for headers alone. */
  withoutContent: number;
}

const WITHOUT_CONTENT: ReadonlySet<string | undefined> = new Set(['OPTIONS', 'HEAD']);

/** Reads the lines of a CDN's log. */
export class CdnLines {
  readonly passedOver: PassedOver = { withoutCmcd: 0, withinCdn: 0, withoutContent: 0 };
  private readonly ordinals = new Ordinals();
  private readonly events: CdnEvents;
  private readonly read: LineReader;
  private heading: FileLine | undefined;

  constructor(
    private readonly format: LogFormatName,
    options: CdnOptions,
  ) {
    this.events = new CdnEvents(options);
    this.read = LOG_FORMATS[format].reader();
  }

  /** Yields the lines that tell of a player's request, and those that are bad. */
  async *of(lines: AsyncIterable<FileLine>): AsyncGenerator<ImportLine> {
    for await (const source of lines) {
      const { heading } = this;
      try {
        const line = this.lineOf(source);
        if (line !== undefined) yield line;
      } catch (error) {
        if (!(error instanceof PlayheadError)) throw error;
        yield { source, event: error, heading };
      }
    }
  }

  private lineOf(source: FileLine): ImportLine | undefined {
    const text = textOf(source);
    if (text.trim() === '') return undefined;
    const { isHeading, isWholeByItself } = LOG_FORMATS[this.format];
    if (!source.isEnded && !isWholeByItself) {
      throw badInput('line', 'has no newline behind it: was it written to its end?');
    }
    if (isHeading(text)) this.heading = source;
    const request = this.read(text);
    if (request === undefined) return undefined;
    if (!request.isOfPlayer) {
      this.passedOver.withinCdn += 1;
      return undefined;
    }
    if (WITHOUT_CONTENT.has(request.method)) {
      this.passedOver.withoutContent += 1;
      return undefined;
    }
    const cmcd = readCmcdRequest(request);
    if (cmcd === undefined) {
      this.passedOver.withoutCmcd += 1;
      return undefined;
    }
    const id = this.idOf(request, source);
    const players = { line: source.number, id, request, cmcd };
    const event = this.events.delivered(players);
    const shown = this.events.shown(players);
    const { heading } = this;
    return { source, event, heading, ...(shown !== undefined && { shown }) };
  }

  private idOf({ id }: LoggedRequest, { bytes }: FileLine): string {
    return id === undefined ? rawLineIdOf(bytes, this.ordinals) : namedIdOf('cdn-request', id);
  }
}

/** A browser may send what is no UTF-8, and it is logged; no CMCD is read from that. */
function textOf({ bytes, length }: FileLine): string {
  if (length > LINE_BYTES_MAX) throw badInput('line', 'is too long for a line of a log');
  return bytes
    .toString()
    .replace(/\r$/, '')
    .replace(/^\ufeff/, '');
}
