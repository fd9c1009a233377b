import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { SESSION } from '../../domain/figures/session-places.js';
import { rankOfSession } from '../../domain/figures/session-order.js';
import type { SessionRow } from '../../domain/figures/session-row.js';
import { QUARTER_MS } from '../../domain/time.js';
import { IDENTITY, type Identity } from '../../ports/identity.js';
import type { ListedSession, SessionListQuestion } from '../../ports/read-model/session-list.js';
import { FigureReading } from '../figures/figure-reading.js';
import { knownZone } from '../ranges/time-zone.js';
import { titlesOf } from '../figures/extent.js';
import { SliceReading } from '../figures/slice-reading.js';
import { pageOf } from '../page.js';
import { byQuarterHours } from '../ranges/stretch.js';
import { ReadModels } from '../read-models.js';
import { decodeCursor, encodeCursor } from './session-cursor.js';
import { SessionMedia } from './session-media.js';
import { toSession } from './session-view.js';
import {
  SessionQuery,
  SessionsQuery,
  type Session,
  type SessionConnection,
  type WantedSessions,
} from './sessions.query.js';

@QueryHandler(SessionsQuery)
export class SessionsHandler implements IQueryHandler<SessionsQuery> {
  constructor(
    private readonly figures: FigureReading,
    private readonly slices: SliceReading,
    private readonly media: SessionMedia,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {}

  async execute({ wanted, parts, terms }: SessionsQuery): Promise<SessionConnection> {
    const { first, after, orderBy } = wanted;
    const listed = await this.slices.list(this.questionOf(wanted), terms);
    const page = listed.slice(0, first);
    const mediaOf = parts.media
      ? await this.media.of(
          page.map(({ row }) => row),
          terms.readAfter,
        )
      : undefined;
    const cursorOf = ({ key, row }: ListedSession): string => {
      const place = { rank: rankOfSession(row, orderBy), startedAt: row.startedAt, key };
      return encodeCursor(place, wanted, this.identity);
    };
    const edges = page.map((session) => ({
      node: toSession(session.row, this.identity.seal(session.key), mediaOf?.(session.row)),
      cursor: cursorOf(session),
    }));
    return pageOf(edges, { hasNextPage: listed.length > first, after });
  }

  private questionOf(wanted: WantedSessions): SessionListQuestion {
    const { range, filters, userId, sessionId, failed, minRebufferRatio, orderBy } = wanted;
    const { first, after } = wanted;
    knownZone(range.timeZone);
    const mediaIds = titlesOf(filters);
    return {
      started: this.figures.readable(byQuarterHours(range), QUARTER_MS),
      filters,
      orderBy,
      // One more than asked for tells whether there is a next page.
      limit: first + 1,
      ...(mediaIds !== undefined && { mediaIds }),
      ...(userId !== undefined && { viewerId: this.identity.viewerId(userId) }),
      ...(sessionId !== undefined && { sessionId }),
      ...(failed !== undefined && { failed }),
      ...(minRebufferRatio !== undefined && { minRebufferRatio }),
      ...(after !== undefined && { after: decodeCursor(after, wanted, this.identity) }),
    };
  }
}

@QueryHandler(SessionQuery)
export class SessionHandler implements IQueryHandler<SessionQuery> {
  constructor(
    private readonly readModels: ReadModels,
    private readonly media: SessionMedia,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {}

  async execute({ id, parts, readAfter }: SessionQuery): Promise<Session | undefined> {
    const key = this.identity.unseal(id);
    if (key === undefined || !SESSION.has(key)) return undefined;
    const row = await this.readModels.read(['sessions'], readAfter, async ({ sessions }) =>
      (await sessions.get<SessionRow>([key])).get(key),
    );
    if (row === undefined) return undefined;
    const mediaOf = parts.media ? await this.media.of([row], readAfter) : undefined;
    return toSession(row, id, mediaOf?.(row));
  }
}
