/** The enums of the schema, with their descriptions. */

import { registerEnumType } from '@nestjs/graphql';
import { SESSION_END_REASONS } from '../../domain/checked-report.js';
import { SESSION_STATES } from '../../domain/figures/playback-state.js';
import { TIME_PERIODS, type TimePeriod } from '../../domain/period.js';
import { STREAM_QUALITIES, type StreamQuality } from '../../domain/quality.js';
import { DEVICE_TYPES } from '../../domain/session-context.js';
import type { ProjectionState } from '../../ports/projection-control.js';
import { DIMENSIONS } from '../../queries/figures/breakdown.query.js';
import { COMPARISONS, INTERVALS, METRICS } from '../../queries/figures/figures.query.js';
import { SESSION_ORDERS } from '../../queries/sessions/sessions.query.js';
import { STREAMING_EVENT_TYPES, type StreamingEventType } from '../streaming-event-types.js';

/** An object whose keys and values are the same names, as GraphQL's code-first enums want it. */
const enumOf = <Name extends string>(names: readonly Name[]): Readonly<Record<Name, Name>> =>
  Object.fromEntries(names.map((name) => [name, name])) as Record<Name, Name>;

export const StreamQualityEnum = enumOf<StreamQuality>(STREAM_QUALITIES);
export const TimePeriodEnum = enumOf<TimePeriod>(TIME_PERIODS);
export const StreamingEventTypeEnum = enumOf(
  Object.keys(STREAMING_EVENT_TYPES) as StreamingEventType[],
);
export const SessionEndReasonEnum = enumOf(SESSION_END_REASONS);
export const DeviceTypeEnum = enumOf(DEVICE_TYPES);
export const ProjectionStateEnum = enumOf<ProjectionState>([
  'LIVE',
  'REBUILDING',
  'FAILED',
  'STOPPED',
]);
export const ComparisonEnum = enumOf(COMPARISONS);
export const MetricEnum = enumOf(METRICS);
export const IntervalEnum = enumOf(INTERVALS);
export const DimensionEnum = enumOf(DIMENSIONS);
export const SessionOrderEnum = enumOf(SESSION_ORDERS);
export const SessionStateEnum = enumOf(SESSION_STATES);
export const RebuildOutcomeEnum = enumOf(['SWITCHED', 'FAILED', 'CANCELLED']);

registerEnumType(StreamQualityEnum, {
  name: 'StreamQuality',
  description: 'Up to 480 lines LOW, up to 720 MEDIUM, up to 1440 HIGH, above ULTRA.',
});
registerEnumType(TimePeriodEnum, {
  name: 'TimePeriod',
  description: 'The 60, 1,440, 10,080 or 43,200 minutes that end with the current one.',
});
registerEnumType(StreamingEventTypeEnum, {
  name: 'StreamingEventType',
  description: 'The kind of moment that a player reports.',
});
registerEnumType(SessionEndReasonEnum, {
  name: 'SessionEndReason',
  description: 'Why a session ended; only ENDED completes its view.',
});
registerEnumType(DeviceTypeEnum, {
  name: 'DeviceType',
  description: 'The kind of device that a viewer watches on.',
});
registerEnumType(ProjectionStateEnum, {
  name: 'ProjectionState',
  description: 'The state that a read model is in.',
});
registerEnumType(RebuildOutcomeEnum, {
  name: 'RebuildOutcome',
  description: 'The end that a rebuild came to; only SWITCHED changed what queries read.',
});
registerEnumType(ComparisonEnum, {
  name: 'Comparison',
  description: 'The period before, the same weekdays before, or the same dates of the year before.',
});
registerEnumType(MetricEnum, { name: 'Metric', description: 'A figure that can be drawn.' });
registerEnumType(IntervalEnum, {
  name: 'Interval',
  description:
    "The buckets of a series, by the zone's calendar; a week begins on Monday. " +
    'MINUTE is for ranges up to 25 hours.',
});
registerEnumType(DimensionEnum, {
  name: 'Dimension',
  description: 'A property by which sessions can be told apart.',
});
registerEnumType(SessionOrderEnum, {
  name: 'SessionOrder',
  description: 'The value that sessions are listed by, descending.',
});
registerEnumType(SessionStateEnum, {
  name: 'SessionState',
  description:
    'The state that a session was last in, or the way in which it ended. An error alone changes ' +
    'nothing.',
});
