import { readEvent } from '../api/events/event-fields.js';
import { badInput, PlayheadError } from '../domain/errors.js';
import { checkReport } from '../api/report-fields.js';
import type { FileLine } from './file-lines.js';
import { lineIdOf } from './line-id.js';
import type { Ordinals } from './ordinals.js';

/** No event is as long; bounds what is held of a file that has no lines. */
export const LINE_BYTES_MAX = 2 ** 16;

/** An event of a file, ready to be sent. */
export interface EventLine {
  readonly line: number;
  /** The event in JSON, with its eventId or what stands for one. */
  readonly json: string;
}

/** A line of a file that holds anything: its event, or why there is none. */
export interface ImportLine {
  readonly source: FileLine;
  readonly event: EventLine | PlayheadError;
}

/**
 * Checks lines as the server will, so that it is not asked about most that are bad; those that hold
 * nothing are passed over.
 */
export async function* importLinesOf(
  lines: AsyncIterable<FileLine>,
  ordinals: Ordinals,
): AsyncGenerator<ImportLine> {
  for await (const source of lines) {
    try {
      const text = textOf(source);
      if (text.trim() !== '') yield { source, event: eventOf(text, source, ordinals) };
    } catch (error) {
      if (!(error instanceof PlayheadError)) throw error;
      yield { source, event: error };
    }
  }
}

function eventOf(text: string, { number, isEnded }: FileLine, ordinals: Ordinals): EventLine {
  const value = jsonOf(text);
  if (value === undefined) {
    const more = isEnded ? '' : ', and no newline follows: was it written to its end?';
    throw badInput('line', `must be JSON${more}`);
  }
  checkReport(readEvent(value), Date.now(), 'past');
  const event = value as Readonly<Record<string, unknown>>;
  const lineId = event.eventId == null ? lineIdOf(event, ordinals) : undefined;
  return { line: number, json: JSON.stringify({ ...event, lineId }) };
}

function textOf({ bytes, length }: FileLine): string {
  if (length > LINE_BYTES_MAX) throw badInput('line', 'is too long for an event');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badInput('line', 'must be UTF-8');
  }
}

/** Undefined, which JSON does not have, stands for what is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
