/** The rules for the members of stored events' data. */

import { CONTEXT_LENGTH_MAX } from './session-context.js';
import { HTTP_URL, URL_LENGTH_MAX } from './media-limits.js';
import { STREAM_QUALITIES } from './quality.js';
import { CONTEXT_MEMBERS, DEVICE_TYPES } from './session-context.js';
import { CDN_VIEW_PARTS_MAX, UNCOMPLETED_VIEWS_MAX } from './session-limits.js';
import { isObject } from './stored-data.js';
import { ID_LENGTH_MAX, isText } from './text.js';
import { TIME_MAX_MS } from './time.js';

/** The most types of a vocabulary: a release knows a few dozen. */
const VOCABULARY_TYPES_MAX = 1_000;
const SCHEMA_VERSION_MAX = 1_000_000;

/** The rule for a member of an event's data. Checks switch on its kind, which is fast. */
export interface Rule {
  readonly kind:
    'text' | 'whole' | 'name' | 'viewer' | 'url' | 'flag' | 'times' | 'fingerprints' | 'form';
  readonly max: number;
  readonly names: readonly string[];
  /** Completes "must be". */
  readonly text: string;
  /** Says whether a value has the form, if the rule is of one. */
  readonly hasForm?: (value: unknown) => boolean;
}
const rule = (kind: Rule['kind'], text: string, max = 0, names: readonly string[] = []): Rule => ({
  kind,
  max,
  names,
  text,
});
/** Makes the rule of a form that only its own function knows. */
export const formOf = (text: string, hasForm: (value: unknown) => boolean): Rule => ({
  ...rule('form', text),
  hasForm,
});
export const textTo = (max: number): Rule =>
  rule(
    'text',
    `a text of 1 to ${String(max)} characters, trimmed, without control characters`,
    max,
  );
export const wholeTo = (max: number): Rule =>
  rule('whole', `a whole number from 0 to ${String(max)}`, max);
export const oneOf = (...names: readonly string[]): Rule =>
  rule('name', `one of ${names.join(', ')}`, 0, names);

export const ID = textTo(ID_LENGTH_MAX);
export const TIME = rule('whole', 'a time in whole milliseconds since 1970', TIME_MAX_MS);
/** A keyed hash: 16 bytes in base64url, which sketches of viewers take apart. */
export const VIEWER_ID = rule('viewer', '22 characters of base64url');
const VIEWER_ID_FORM = /^[\w-]{22}$/;
export const URL = rule(
  'url',
  `an http or https URL of ${String(URL_LENGTH_MAX)} characters at most`,
);
export const FLAG = rule('flag', 'true or false');
export const VOCABULARY = formOf(
  `versions by type, of ${String(VOCABULARY_TYPES_MAX)} types at most`,
  isVocabulary,
);

export const TIMES = rule(
  'times',
  `a list of ${String(UNCOMPLETED_VIEWS_MAX)} times at most`,
  UNCOMPLETED_VIEWS_MAX,
);
export const FINGERPRINTS = rule('fingerprints', 'packed fingerprints in base64');
const FINGERPRINTS_FORM = /^(?:[A-Za-z0-9+/]{12})*$/;

export const CONTEXT = formOf(
  `of texts of 1 to ${String(CONTEXT_LENGTH_MAX)} characters, a device type and a flag`,
  isContext,
);
/** The greatest set of known members: a later release may know more members than this one. */
const KNOWN_BITS_MAX = 2 ** 30 - 1;
/** The rule for what a CDN's log shows of a view. */
export const CDN_VIEW = formOf('a view of a log', isCdnView);
export const KNOWN = formOf('bits for the members of a context, and a flag', isKnownContext);

/** Says whether a value keeps a rule. */
export function isKept({ kind, max, names, hasForm }: Rule, value: unknown): boolean {
  switch (kind) {
    case 'text':
      return isText(value, max);
    case 'whole':
      return isWhole(value, 0, max);
    case 'name':
      return typeof value === 'string' && names.includes(value);
    case 'viewer':
      return typeof value === 'string' && VIEWER_ID_FORM.test(value);
    case 'url':
      return isText(value, URL_LENGTH_MAX) && HTTP_URL.test(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'times':
      return isListOfTimes(value, max);
    case 'fingerprints':
      return typeof value === 'string' && FINGERPRINTS_FORM.test(value);
    case 'form':
      return hasForm?.(value) === true;
  }
}

const isWhole = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;

const isListOfTimes = (value: unknown, max: number): boolean =>
  Array.isArray(value) &&
  value.length <= max &&
  value.every((time) => isWhole(time, 0, TIME_MAX_MS));

function isContext(context: unknown): boolean {
  if (!isObject(context)) return false;
  return CONTEXT_MEMBERS.every((member) => {
    const value = context[member];
    if (value === undefined) return true;
    if (member === 'live') return typeof value === 'boolean';
    if (member === 'device') return DEVICE_TYPES.some((device) => device === value);
    return isText(value, CONTEXT_LENGTH_MAX);
  });
}

function isKnownContext(known: unknown): boolean {
  if (!isObject(known)) return false;
  const { stated, filled, length } = known;
  const areBits = [stated, filled].every((bits) => isWhole(bits, 0, KNOWN_BITS_MAX));
  return areBits && typeof length === 'boolean';
}

function isCdnView(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { start, parts } = value;
  const isStart =
    start === undefined || (isObject(start) && isTime(start.at) && isQuality(start.quality));
  return (
    isStart &&
    Array.isArray(parts) &&
    parts.length <= CDN_VIEW_PARTS_MAX &&
    parts.every(
      (part: unknown) =>
        isObject(part) &&
        isQuality(part.quality) &&
        isTime(part.hour) &&
        isCount(part.watchedMs) &&
        isCount(part.stalls),
    )
  );
}

const isCount = (value: unknown): boolean => isWhole(value, 0, Number.MAX_SAFE_INTEGER);
const isTime = (value: unknown): boolean => isWhole(value, 0, TIME_MAX_MS);
const isQuality = (value: unknown): boolean =>
  STREAM_QUALITIES.some((quality) => quality === value);

function isVocabulary(value: unknown): boolean {
  if (!isObject(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= VOCABULARY_TYPES_MAX &&
    entries.every(
      ([type, version]) => isText(type, ID_LENGTH_MAX) && isWhole(version, 1, SCHEMA_VERSION_MAX),
    )
  );
}

/** Describes a value by its kind, in a few words; a log must not show its contents. */
export function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `a text of length ${String(value.length)}`;
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}
