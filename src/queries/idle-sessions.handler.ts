import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { LAST_RECORDED_AT, type SessionDocument } from '../../projections/sessions.js';
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
      sessions.page<SessionDocument>({
        index: LAST_RECORDED_AT,
        limit,
        ...(after !== undefined && { after }),
      }),
    );
    return oldest
      .filter(({ value }) => value <= idleSince)
      .map(({ body: { mediaId, sessionId }, value, key }) => ({
        mediaId,
        sessionId,
        place: { value, key },
      }));
  }
}

@QueryHandler(IdleSessionCountQuery)
export class IdleSessionCountHandler implements IQueryHandler<IdleSessionCountQuery> {
  constructor(private readonly readModels: ReadModels) {}

  execute({ idleSince, from }: IdleSessionCountQuery): Promise<number> {
    return this.readModels.read(['sessions'], undefined, async ({ sessions }) => {
      const all = await sessions.count(LAST_RECORDED_AT, from);
      return all - (await sessions.count(LAST_RECORDED_AT, idleSince + 1));
    });
  }
}
