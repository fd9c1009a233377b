import { readFields } from '../api/events/event-fields.js';
import { badInput, PlayheadError } from '../domain/errors.js';
import { checkReport } from '../api/report-fields.js';
import type { FileLine } from './file-lines.js';
import { lineIdOf } from './line-id.js';
import type { Ordinals } from './ordinals.js';

/** An event of a file, ready to be sent. */
export interface EventLine {
  readonly line: number;
  /** The event in JSON, with its eventId or with the line id that stands in for it. */
  readonly json: string;
}

/** A line that is not blank: its event, or the reason why it has none. */
export interface ImportLine {
  readonly source: FileLine;
  readonly event: EventLine | PlayheadError;
  /** The view that the line shows; it is stored after the events of its batch. */
  readonly shown?: ShownView;
  /** The line before it without which nobody can read it. */
  readonly heading?: FileLine | undefined;
}

/** A view that a line shows and no player reported. */
export interface ShownView {
  /** The start of the view; undefined if a line before has shown it. */
  readonly start: EventLine | undefined;
  /** The events that follow the start. */
  readonly rest: readonly EventLine[];
}

/**
 * Checks lines as the server will, so that most bad lines are never sent to it. Blank lines are
 * passed over.
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
  checkReport(readFields(value), Date.now(), 'past');
  const event = value as Readonly<Record<string, unknown>>;
  const lineId = event.eventId == null ? lineIdOf(event, ordinals) : undefined;
  return { line: number, json: JSON.stringify({ ...event, lineId }) };
}

/** Longer than any event. It bounds the memory for a file that has no newlines. */
export const LINE_BYTES_MAX = 2 ** 16;

function textOf({ bytes, length }: FileLine): string {
  if (length > LINE_BYTES_MAX) throw badInput('line', 'is too long for an event');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badInput('line', 'must be UTF-8');
  }
}

/** Parses JSON; undefined, which JSON does not have, for any other text. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
