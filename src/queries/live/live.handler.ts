import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { FOR_FREE } from '../figures/figures.query.js';
import { LiveReading } from './live-reading.js';
import { LiveImageQuery, LiveQuery, type LiveSnapshot, type SeenLive } from './live.query.js';

@QueryHandler(LiveQuery)
export class LiveHandler implements IQueryHandler<LiveQuery> {
  constructor(private readonly live: LiveReading) {}

  async execute({ wanted, terms }: LiveQuery): Promise<LiveSnapshot> {
    const [seen] = await this.live.read([wanted], terms);
    if (seen === undefined) throw new Error('a question was not answered');
    if (seen.status === 'rejected') throw seen.reason;
    return seen.value;
  }
}

@QueryHandler(LiveImageQuery)
export class LiveImageHandler implements IQueryHandler<LiveImageQuery> {
  constructor(private readonly live: LiveReading) {}

  execute({ wanted }: LiveImageQuery): Promise<readonly SeenLive[]> {
    return this.live.read(wanted, FOR_FREE);
  }
}
