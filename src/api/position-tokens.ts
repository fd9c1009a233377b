import { badInput } from '../domain/errors.js';
import { quote } from '../domain/text.js';

/** Writes and reads the opaque strings in which clients get positions. */
export class PositionTokens {
  private readonly mark: string;

  constructor(storeId: string) {
    this.mark = storeId.slice(0, LOG_MARK_LENGTH);
  }

  encode(position: number): string {
    return `${this.mark}-${position.toString(RADIX)}`;
  }

  /** Returns the highest position of a comma-separated list of tokens; throws BAD_USER_INPUT. */
  decodeHighest(list: string): number {
    return Math.max(...list.split(',').map((token) => this.decode(token.trim())));
  }

  /** Returns the position of a token; throws BAD_USER_INPUT that names the field. */
  decode(token: string, field = 'read-after'): number {
    const parts = TOKEN.exec(token);
    const position = parseInt(parts?.[2] ?? '', RADIX);
    if (!Number.isSafeInteger(position)) {
      throw badInput(field, `must hold positions of this server, got ${quote(token)}`);
    }
    if (parts?.[1] !== this.mark) throw badInput(field, 'is a position of another log');
    return position;
  }
}

/** Returns the later of two places in one log; the place with more digits is later. */
export const laterOf = (a: string, b: string): string =>
  a.length === b.length ? (a > b ? a : b) : a.length > b.length ? a : b;

/** The characters of the log's id that a token carries, to tell logs apart. */
const LOG_MARK_LENGTH = 8;
const TOKEN = /^([0-9a-f]{8})-(0|[1-9a-z][0-9a-z]{0,10})$/;
const RADIX = 36;
