import { decodeCmcd, fromCmcdHeaders } from '@svta/cml-cmcd';
import {
  idOf,
  isFor,
  isWhole,
  itemsOf,
  KBPS_MAX,
  MS_MAX,
  ofPicture,
  plainOf,
  SESSION_ID_LENGTH_MAX,
  VERSION_MAX,
  type CmcdValues,
} from '../../api/cmcd/cmcd-values.js';
import { badInput } from '../../domain/errors.js';
import { ID_LENGTH_MAX } from '../../domain/text.js';
import type { LoggedRequest } from './logged-request.js';
import { decodedOnce } from './once-more.js';

/** The CMCD data of a player's request. Each key is checked by itself. */
export interface CmcdRequest {
  readonly mediaId: string;
  readonly sessionId: string;
  /** The type of the requested object (`ot`), such as `v` for a video segment. */
  readonly objectType: string | undefined;
  /** The rate of the picture that it belongs to (`br`). */
  readonly kbps: number | undefined;
  /** The playing time of the object (`d`). */
  readonly durationMs: number | undefined;
  /** The player ran dry before it asked (`bs`). */
  readonly hasStalled: boolean;
}

const PARAMETER = 'CMCD';
/** Types with a picture, or with what leads to one. */
const OF_PICTURE: ReadonlySet<unknown> = new Set(['v', 'av', 'i', 'm']);
const LATEST = { convertToLatest: true } as const;

/**
 * Reads the CMCD of a request (CTA-5004, versions 1 and 2); undefined where it has none. Throws
 * BAD_USER_INPUT for CMCD that cannot be read, or that does not say whose it is. If any header is
 * there, the query is ignored.
 */
export function readCmcdRequest(request: LoggedRequest): CmcdRequest | undefined {
  const values = valuesIn(request);
  if (values === undefined) return undefined;
  const { v = 1, ot, br, d, bs } = values;
  if (!isWhole(v, 1, VERSION_MAX)) throw badInput('v', 'must be 1 or 2');
  const sessionId = idOf(values.sid, SESSION_ID_LENGTH_MAX);
  if (sessionId === undefined) throw badInput('sid', 'must be a text of 1 to 64 characters');
  const mediaId = idOf(values.cid, ID_LENGTH_MAX);
  if (mediaId === undefined) throw badInput('cid', 'must be a text of 1 to 200 characters');
  return {
    mediaId,
    sessionId,
    objectType: typeof ot === 'string' ? ot : undefined,
    kbps: kbpsOf(br, ot),
    durationMs: isWhole(d, 1, MS_MAX) ? d : undefined,
    hasStalled: itemsOf(bs).some((item) => plainOf(item) === true),
  };
}

function valuesIn({ headers, query, cmcd }: LoggedRequest): CmcdValues | undefined {
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  if (sent.length > 0) {
    return readable(() => fromCmcdHeaders(Object.fromEntries(sent), LATEST));
  }
  const text = cmcd ?? new URLSearchParams(query ?? '').get(PARAMETER) ?? '';
  if (text === '') return undefined;
  return readable(() => decodeCmcd(decodedOnce(text, '='), LATEST));
}

/** One value that breaks the grammar makes all of it unreadable. */
function readable(read: () => object): CmcdValues {
  try {
    return read() as CmcdValues;
  } catch {
    throw badInput('CMCD', 'cannot be read');
  }
}

/** Sound has a rate of its own, which says nothing of the picture. */
function kbpsOf(br: unknown, ot: unknown): number | undefined {
  const isOfPicture = ot === undefined || OF_PICTURE.has(ot);
  const isOfSound = itemsOf(br).every((item) => isFor(item, 'a'));
  const rate = ofPicture(br);
  const kbps = typeof rate === 'number' ? Math.round(rate) : undefined;
  return isOfPicture && !isOfSound && isWhole(kbps, 1, KBPS_MAX) ? kbps : undefined;
}
