import {
  ERROR_CODE_LENGTH_MAX,
  STARTUP_MS_MAX,
  type ReportDetails,
} from '../domain/checked-report.js';
import { badInput } from '../domain/errors.js';
import { MEDIA_MS_MAX, POSITION_MS_MAX } from '../domain/media-limits.js';
import { cleanContext, type StatedContext } from '../domain/stated-context.js';
import { checkRange, checkText } from '../domain/checked-values.js';
import { milliseconds, seconds } from '../domain/units.js';

/** Checks the details of a report; throws BAD_USER_INPUT for the first rule that they break. */
export function checkDetails(fields: Reported): ReportDetails {
  const { mediaDuration, startupTime, errorCode } = fields;
  if (isSet(startupTime) && fields.eventType !== 'SESSION_START') {
    throw badInput('startupTime', 'belongs to a SESSION_START only');
  }
  if (isSet(errorCode) && !isFailure(fields)) {
    throw badInput('errorCode', 'belongs to a PLAYBACK_ERROR, or to a SESSION_END with FAILED');
  }
  const context = isSet(fields.context) ? cleanContext(fields.context) : {};
  return {
    ...(Object.keys(context).length > 0 && { context }),
    ...(isSet(mediaDuration) && {
      mediaDurationMs: inRange(
        'mediaDuration',
        mediaDuration,
        MEDIA_SECONDS_MIN,
        seconds(MEDIA_MS_MAX),
      ),
    }),
    ...(isSet(startupTime) && {
      startupMs: inRange('startupTime', startupTime, 0, seconds(STARTUP_MS_MAX)),
    }),
    ...(isSet(errorCode) && {
      errorCode: checkText('errorCode', errorCode, ERROR_CODE_LENGTH_MAX),
    }),
    ...stretchOf(fields),
  };
}

/** The details that a player may state beyond its event, of the right types; in seconds. */
export interface DetailFields {
  readonly context?: StatedContext | null | undefined;
  readonly mediaDuration?: number | null | undefined;
  readonly startupTime?: number | null | undefined;
  readonly errorCode?: string | null | undefined;
  readonly playedFrom?: number | null | undefined;
  readonly playedTo?: number | null | undefined;
}

/** The members of a report that the rules for details depend on. */
interface Reported extends DetailFields {
  /** The name in the API. */
  readonly eventType: string;
  readonly endReason?: string | null | undefined;
}

/** The shortest length of a title in seconds: a shorter one would be stored as none. */
const MEDIA_SECONDS_MIN = 0.001;

const isFailure = ({ eventType, endReason }: Reported): boolean =>
  eventType === 'PLAYBACK_ERROR' || (eventType === 'SESSION_END' && endReason === 'FAILED');

/** Reads the stretch of the title that was shown. */
function stretchOf({ playedFrom, playedTo }: DetailFields): ReportDetails {
  if (!isSet(playedFrom) && !isSet(playedTo)) return {};
  if (!isSet(playedFrom)) throw badInput('playedFrom', 'is required beside playedTo');
  if (!isSet(playedTo)) throw badInput('playedTo', 'is required beside playedFrom');
  const playedFromMs = inRange('playedFrom', playedFrom, 0, seconds(POSITION_MS_MAX));
  const playedToMs = inRange('playedTo', playedTo, 0, seconds(POSITION_MS_MAX));
  if (playedFromMs > playedToMs) throw badInput('playedTo', 'must not lie before playedFrom');
  return { playedFromMs, playedToMs };
}

const inRange = (field: string, value: number, min: number, max: number): number =>
  milliseconds(checkRange(field, value, min, max));

/** Says whether a field is stated: null means unset. */
export const isSet = <T>(value: T | null | undefined): value is T =>
  value !== null && value !== undefined;
