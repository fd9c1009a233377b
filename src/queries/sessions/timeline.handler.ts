import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { SESSION } from '../../domain/figures/session-places.js';
import { IDENTITY, type Identity } from '../../ports/identity.js';
import { SESSION_LOG, type SessionLog } from '../../ports/session-log.js';
import { encodePlace, foreignCursor, placeIn } from '../marked-cursor.js';
import { pageOf } from '../page.js';
import { TimelineQuery, toTimelineEntry, type TimelineConnection } from './timeline.query.js';

@QueryHandler(TimelineQuery)
export class TimelineHandler implements IQueryHandler<TimelineQuery> {
  constructor(
    @Inject(SESSION_LOG) private readonly log: SessionLog,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {}

  async execute({ id, first, after, terms }: TimelineQuery): Promise<TimelineConnection> {
    const begin = after === undefined ? 0 : this.placeBehind(after, id);
    const key = this.identity.unseal(id);
    if (key === undefined) throw new Error('a session without an id');
    const entries = await this.log.entries(...SESSION.parts(key));
    terms.charge(entries.length * EVENT_PRICE);
    const shown = [...entries.entries()].filter(([, { isWithdrawn }]) => isWithdrawn !== true);
    const rest = shown.filter(([number]) => number >= begin);
    const edges = rest.slice(0, first).map(([number, entry]) => ({
      node: toTimelineEntry(entry),
      cursor: this.cursorOf(number, id),
    }));
    const hasNextPage = rest.length > first;
    return { ...pageOf(edges, { hasNextPage, after }), totalCount: shown.length };
  }

  /**
   * Makes the cursor of an event. Its number never changes, as the log only grows, and what was
   * withdrawn is numbered too.
   */
  private cursorOf(number: number, id: string): string {
    return encodePlace([number], this.identity, JSON.stringify(['timeline', id]));
  }

  private placeBehind(cursor: string, id: string): number {
    const [number] = placeIn(cursor) ?? [];
    if (typeof number !== 'number' || this.cursorOf(number, id) !== cursor) {
      throw foreignCursor(cursor);
    }
    return number + 1;
  }
}

/** The price of reading an event of the log. */
const EVENT_PRICE = 0.05;
