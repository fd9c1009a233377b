/** The schema types of a session's timeline. */

import { Int } from '@nestjs/graphql';
import type { TimelineConnection } from '../../queries/sessions/timeline.query.js';
import { TimelineEntryType } from './event-models.js';
import { PageInfoType } from './models.js';
import { objectType } from './object-type.js';
import { Cursor } from './scalars.js';

const TimelineEdgeType = objectType<TimelineConnection['edges'][number]>('TimelineEdge', {
  node: [() => TimelineEntryType],
  cursor: [() => Cursor],
});

export const TimelineConnectionType = objectType<TimelineConnection>('TimelineConnection', {
  edges: [() => [TimelineEdgeType]],
  pageInfo: [() => PageInfoType],
  totalCount: [() => Int],
});
