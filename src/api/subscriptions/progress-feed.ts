import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { SECOND_MS } from '../../domain/time.js';
import type { ProjectionLag } from '../../ports/projection-control.js';
import { ProjectionsQuery } from '../../queries/projections.query.js';
import { Feed } from './feed.js';

/** Tells subscribers the progress of the projections; looks once a second while anybody watches. */
@Injectable()
export class ProgressFeed extends Feed<readonly ProjectionLag[]> {
  constructor(queryBus: QueryBus) {
    super(() => queryBus.execute(new ProjectionsQuery()), SECOND_MS);
  }
}
