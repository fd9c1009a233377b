import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { CREATED_AT, type MediaDocument } from '../../projections/popularity.js';
import { FirstEventQuery } from './first-event.query.js';
import { ReadModels } from './read-models.js';

@QueryHandler(FirstEventQuery)
export class FirstEventHandler implements IQueryHandler<FirstEventQuery> {
  constructor(private readonly readModels: ReadModels) {}

  execute({ readAfter }: FirstEventQuery): Promise<number | undefined> {
    return this.readModels.read(['popularity'], readAfter, async ({ popularity }) => {
      const [oldest] = await popularity.page<MediaDocument>({ index: CREATED_AT, limit: 1 });
      return oldest?.body.createdAt;
    });
  }
}
