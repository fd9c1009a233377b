import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { LAST_RECORDED_AT, type SessionDocument } from '../../projections/sessions.js';
import { IdleSessionsQuery, type IdleSession } from './idle-sessions.query.js';
import { ReadModels } from './read-models.js';

@QueryHandler(IdleSessionsQuery)
export class IdleSessionsHandler implements IQueryHandler<IdleSessionsQuery> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ idleSince, limit }: IdleSessionsQuery): Promise<readonly IdleSession[]> {
    const oldest = await this.readModels.read(['sessions'], undefined, ({ sessions }) =>
      sessions.page<SessionDocument>({ index: LAST_RECORDED_AT, limit }),
    );
    return oldest.filter(({ value }) => value <= idleSince).map(({ body }) => body);
  }
}
