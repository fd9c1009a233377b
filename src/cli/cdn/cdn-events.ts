import { readFields } from '../../api/events/event-fields.js';
import { checkReport } from '../../api/report-fields.js';
import { BYTES_LOADED_MAX } from '../../domain/checked-report.js';
import { renditionOf, type Rung } from '../../domain/cmcd/rendition.js';
import { badInput } from '../../domain/errors.js';
import { TIME_MAX_MS } from '../../domain/time.js';
import { seconds } from '../../domain/units.js';
import type { EventLine, ShownView } from '../import-lines.js';
import { namedIdOf } from '../line-id.js';
import type { CmcdRequest } from './cmcd-request.js';
import type { LoggedRequest } from './logged-request.js';

/** Turns requests of a CDN's log into events. */
export class CdnEvents {
  private readonly started = new Set<string>();

  constructor(private readonly options: CdnOptions) {}

  /**
   * Returns the bytes that a request carried as an event. Throws BAD_USER_INPUT where the line does
   * not tell them.
   */
  delivered({ line, id, request, cmcd }: PlayersRequest): EventLine {
    const { at, bytes, status } = request;
    if (at === undefined || at > TIME_MAX_MS) throw badInput('time', 'cannot be read');
    if (bytes === undefined || bytes > BYTES_LOADED_MAX) {
      throw badInput('bytes', `must be a whole number of at most ${String(BYTES_LOADED_MAX)}`);
    }
    if (status === undefined) throw badInput('status', 'must be a whole number');
    const event = { ...this.base(cmcd, at), eventType: 'DELIVERED', bytesLoaded: bytes };
    checkReport(readFields(event), Date.now(), 'past');
    return { line, json: JSON.stringify({ ...event, lineId: id }) };
  }

  /** Returns what a request shows of a view; undefined for one that shows nothing. */
  shown({ line, id, request, cmcd }: PlayersRequest): ShownView | undefined {
    const { at = 0, status = 0 } = request;
    const { objectType, sessionId, mediaId, durationMs, hasStalled } = cmcd;
    if (!this.options.hasViews || !SEGMENTS.has(objectType)) return undefined;
    const event = (eventType: string, lineId: string, more: object = {}): EventLine => {
      const about = { ...this.base(cmcd, at), eventType, lineId, fromCdn: true, ...more };
      return { line, json: JSON.stringify(about) };
    };
    const isAnswered = status >= OK_STATUS_MIN && status < REDIRECTED_STATUS_MIN;
    if (!isAnswered && status !== NOT_MODIFIED) {
      const isFailure = status >= FAILED_STATUS_MIN && status <= STATUS_MAX && status !== GIVEN_UP;
      const errorCode = `HTTP ${String(status)}`;
      const failed = () => event('PLAYBACK_ERROR', namedIdOf('cdn-failure', id), { errorCode });
      return isFailure ? { start: undefined, rest: [failed()] } : undefined;
    }
    const view = [mediaId, sessionId] as const;
    const hasPicture = WITH_PICTURE.has(objectType);
    const rest: EventLine[] = [];
    // A segment that is fetched again is watched once: its address tells it, and no line.
    if (hasPicture && durationMs !== undefined) {
      const watched = { duration: seconds(durationMs) };
      rest.push(event('HEARTBEAT', namedIdOf('cdn-segment', ...view, addressOf(request)), watched));
    }
    if (hasPicture && hasStalled) rest.push(event('BUFFERING', namedIdOf('cdn-stall', id)));
    const isNew = this.isNew(JSON.stringify(view));
    return {
      start: isNew ? event('SESSION_START', namedIdOf('cdn-view', ...view)) : undefined,
      rest,
    };
  }

  private base({ mediaId, sessionId, kbps }: CmcdRequest, at: number) {
    const { ladder } = this.options;
    const occurredAt = new Date(at).toISOString();
    const quality = kbps === undefined ? undefined : renditionOf(kbps, ladder).label;
    return { mediaId, sessionId, occurredAt, ...(quality !== undefined && { quality }) };
  }

  /** The server knows starts by their ids; that most are not sent again spares it the work. */
  private isNew(view: string): boolean {
    if (this.started.has(view)) return false;
    if (this.started.size >= STARTED_MAX) this.started.clear();
    this.started.add(view);
    return true;
  }
}

/** The object types (`ot`) of requests that count as segments. */
const SEGMENTS: ReadonlySet<string | undefined> = new Set(['v', 'a', 'av']);
const WITH_PICTURE: ReadonlySet<string | undefined> = new Set(['v', 'av']);
const FAILED_STATUS_MIN = 400;
const STATUS_MAX = 599;
const OK_STATUS_MIN = 200;
const REDIRECTED_STATUS_MIN = 300;
/** What the player has is still good: it shows that. */
const NOT_MODIFIED = 304;
/** nginx's for a player that did not wait for the answer. */
const GIVEN_UP = 499;
/** Views whose start is known to have been sent; they are forgotten beyond. */
const STARTED_MAX = 100_000;

export interface CdnOptions {
  /** The renditions that the rates of titles stand for. */
  readonly ladder: readonly Rung[];
  /** Says whether to send views, too. */
  readonly hasViews: boolean;
}

/** A request of a player, in its line. */
export interface PlayersRequest {
  readonly line: number;
  /** The id of the request, made as `lineIdOf` makes those of events. */
  readonly id: string;
  readonly request: LoggedRequest;
  readonly cmcd: CmcdRequest;
}

const OF_CMCD = /^CMCD(?:=|$)/;

/**
 * Returns what a segment is known by in its session: its path, and its query without CMCD, which is
 * another one for each request. What else is in a query may be all that tells segments apart.
 */
function addressOf({ path, query = '' }: LoggedRequest): string {
  const parameters = query.split('&').filter((one) => one !== '' && !OF_CMCD.test(one));
  return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
}
