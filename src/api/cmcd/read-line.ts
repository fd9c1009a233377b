import { CmcdEventType, decodeCmcd } from '@svta/cml-cmcd';
import { ERROR_CODE_LENGTH_MAX } from '../../domain/checked-report.js';
import { CMCD_STATES, type CmcdReport, type CmcdState } from '../../domain/cmcd/cmcd-report.js';
import { renditionOf, type Rung } from '../../domain/cmcd/rendition.js';
import { ID_LENGTH_MAX, isText } from '../../domain/text.js';
import type { CmcdRejection } from '../../telemetry/refusals.js';
import {
  idOf,
  isWhole,
  itemsOf,
  KBPS_MAX,
  MS_MAX,
  ofPicture,
  plainOf,
  SESSION_ID_LENGTH_MAX,
  VERSION_MAX,
  type CmcdValues,
} from './cmcd-values.js';

/**
 * Reads one line of a report in event mode (CTA-5004-B). Each key is checked by itself, as the
 * standard asks for: a bad value counts as absent.
 */
export function readCmcdLine(text: string, rates: RateReading): CmcdLine | LineFault {
  const values = decoded(text);
  if (values === undefined) return 'unreadable';
  const { v, e: event, ts: at } = values;
  if (typeof v === 'number' && v > VERSION_MAX) return 'version';
  if (typeof event !== 'string' || !EVENTS.has(event)) return 'event';
  if (!isWhole(at, TIME_MIN, TIME_MAX)) return 'time';
  const sessionId = idOf(values.sid, SESSION_ID_LENGTH_MAX);
  if (sessionId === undefined) return 'session';
  const isLive = LIVE.get(values.st);
  const mediaId = idOf(values.cid, ID_LENGTH_MAX);
  return { sessionId, mediaId, isLive, report: { event, at, ...detailsOf(values, rates) } };
}

/** The reason for which a line is rejected. */
export type LineFault = Exclude<CmcdRejection, 'session-full' | 'late' | 'key'>;

/** The readable contents of a line. */
export interface CmcdLine {
  readonly sessionId: string;
  /** Undefined if the line names none. */
  readonly mediaId: string | undefined;
  readonly isLive: boolean | undefined;
  readonly report: CmcdReport;
}

/** The renditions that rates stand for, and whether bytes are estimated from rates. */
export interface RateReading {
  readonly ladder: readonly Rung[];
  readonly areBytesEstimated: boolean;
}

const NUMBER_MAX = 2 ** 31;
/** Thirteen digits: from 2001 to 2286. */
const TIME_MIN = 1e12;
const TIME_MAX = 1e13 - 1;
const FAILED_STATUS_MIN = 400;
/** The types of streams: on demand, live, and live with low latency. */
const LIVE: ReadonlyMap<unknown, boolean> = new Map([
  ['v', false],
  ['l', true],
  ['ll', true],
]);
const EVENTS: ReadonlySet<unknown> = new Set(Object.values(CmcdEventType));

function decoded(text: string): CmcdValues | undefined {
  try {
    return decodeCmcd(text);
  } catch {
    // One value that breaks the grammar makes all of the line unreadable.
    return undefined;
  }
}

function detailsOf(values: CmcdValues, rates: RateReading): Omit<CmcdReport, 'event' | 'at'> {
  const { sn, sta, msd, bg, e, ttlb } = values;
  const bufferMs = ofPicture(values.bl);
  const kbps = Math.round(Number(ofPicture(values.br)));
  const allKbps = Math.round(sumOf(values.br));
  const errorCode = errorCodeOf(values);
  return {
    ...(isWhole(sn, 0, NUMBER_MAX) && { number: sn }),
    ...(isState(sta) && { state: sta }),
    ...(isWhole(msd, 0, MS_MAX) && { startupMs: msd }),
    ...((e !== 'rr' || (errorCode === undefined && isOfPicture(values))) &&
      isWhole(kbps, 1, KBPS_MAX) && {
        rendition: {
          ...renditionOf(kbps, rates.ladder),
          ...(rates.areBytesEstimated && isWhole(allKbps, 1, KBPS_MAX) && { kbps: allKbps }),
        },
      }),
    ...(isWhole(bufferMs, 0, MS_MAX) && { bufferMs }),
    ...(e === 'rr' && isWhole(ttlb, 0, MS_MAX) && { responseMs: ttlb }),
    ...(bg === true && { isHidden: true }),
    ...(errorCode !== undefined && { errorCode }),
  };
}

/** Says whether a response was a segment of the picture: what else is loaded need not be shown. */
const isOfPicture = ({ ot }: CmcdValues): boolean => ot === 'v' || ot === 'av';

const isState = (value: unknown): value is CmcdState =>
  CMCD_STATES.some((state) => state === value);

/** Returns the sum of the rates of all that is loaded: some players state video and audio apart. */
function sumOf(value: unknown): number {
  return itemsOf(value).reduce<number>((sum, item) => sum + Number(plainOf(item)), 0);
}

/** Returns the player's error code, or the status of a failed response. */
function errorCodeOf({ e, ec, rc }: CmcdValues): string | undefined {
  if (e === 'rr') {
    if (!isWhole(rc, 0, 999) || (rc > 0 && rc < FAILED_STATUS_MIN)) return undefined;
    return rc === 0 ? 'no response' : `HTTP ${String(rc)}`;
  }
  const first = plainOf(itemsOf(ec)[0]);
  const code = typeof first === 'number' ? String(first) : first;
  return isText(code, ERROR_CODE_LENGTH_MAX) ? code : undefined;
}
