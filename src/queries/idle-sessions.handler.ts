import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { SESSION } from '../domain/figures/session-places.js';
import { HEARD_OF_IN } from '../domain/figures/session-places.js';
import type { SessionRow } from '../domain/figures/session-row.js';
import {
  IdleSessionCountQuery,
  IdleSessionsQuery,
  type IdleSession,
} from './idle-sessions.query.js';
import { ReadModels } from './read-models.js';

@QueryHandler(IdleSessionsQuery)
export class IdleSessionsHandler implements IQueryHandler<IdleSessionsQuery> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ idleSince, limit, after }: IdleSessionsQuery): Promise<readonly IdleSession[]> {
    const oldest = await this.readModels.read(['sessions'], undefined, ({ sessions }) =>
      sessions.page<SessionRow>({
        index: HEARD_OF_IN,
        limit,
        after: after ?? BEHIND_THE_ENDED,
      }),
    );
    return oldest
      .filter(({ value }) => value <= idleSince)
      .map(({ body: { sessionId, lastRecordedAt }, value, key }) => ({
        mediaId: SESSION.parts(key)[0],
        sessionId,
        lastRecordedAt,
        place: { value, key },
      }));
  }
}

@QueryHandler(IdleSessionCountQuery)
export class IdleSessionCountHandler implements IQueryHandler<IdleSessionCountQuery> {
  constructor(private readonly readModels: ReadModels) {}

  execute({ idleSince, from }: IdleSessionCountQuery): Promise<number> {
    return this.readModels.read(['sessions'], undefined, async ({ sessions }) => {
      const all = await sessions.count(HEARD_OF_IN, from);
      return all - (await sessions.count(HEARD_OF_IN, idleSince + 1));
    });
  }
}

/** The place after all ended sessions, which come first in the index. */
const BEHIND_THE_ENDED = { value: 0, key: '' };
