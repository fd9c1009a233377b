/** The headers in which a player may send CMCD (CTA-5004), in lower case. */
export const CMCD_HEADERS = ['cmcd-object', 'cmcd-request', 'cmcd-session', 'cmcd-status'] as const;
export type CmcdHeader = (typeof CMCD_HEADERS)[number];

/** A request as a CDN's log tells of it. What is undefined stands in the log as nothing. */
export interface LoggedRequest {
  /** The CDN's own id of the request. */
  readonly id: string | undefined;
  /** The time of the answer, epoch milliseconds; undefined if it cannot be read. */
  readonly at: number | undefined;
  readonly method: string | undefined;
  /** As it was asked for, without the query. */
  readonly path: string;
  /** Without its question mark. */
  readonly query: string | undefined;
  /** By name, in lower case. */
  readonly headers: Readonly<Partial<Record<CmcdHeader, string | undefined>>>;
  /** The CMCD data that the CDN has read by itself. */
  readonly cmcd: string | undefined;
  readonly status: number | undefined;
  readonly bytes: number | undefined;
  /** False for a request from one server of the CDN to another: what it carried comes again. */
  readonly isOfPlayer: boolean;
}

/**
 * Reads the lines of a log in their order; undefined for one that tells of no request. Throws
 * BAD_USER_INPUT for what is no line of such a log.
 */
export type LineReader = (line: string) => LoggedRequest | undefined;

const WHOLE = /^\d{1,15}$/;

/** Reads a whole number from 0 on; undefined for anything else. */
export function wholeIn(value: unknown): number | undefined {
  const number = typeof value === 'string' && WHOLE.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}

/** Takes an address apart at its question mark. */
export function addressIn(url: string): { readonly path: string; readonly query?: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}
