import { CronTime, validateCronExpression } from 'cron';
import type { Rung } from './domain/cmcd/rendition.js';
import { parsedUrl } from './domain/parsed-url.js';

export const isCron = (text: string): boolean => validateCronExpression(text).valid;

/** Says whether a well-formed schedule has a next time: the 31st of February has none. */
export function comesRound(text: string): boolean {
  if (!isCron(text)) return true;
  try {
    new CronTime(text, 'UTC').sendAt();
    return true;
  } catch {
    // The library throws so, after it has looked for years.
    return false;
  }
}

export function isOrigin(text: string): boolean {
  return text === '*' || parsedUrl(text)?.origin === text;
}

/** The form of a dimension's name, which can stand in a query, a column of a table and a URL. */
const DIMENSION_NAME = /^[A-Za-z0-9_-]{1,40}$/;
const CUSTOM_DIMENSIONS_MAX = 3;

export const isName = (text: string): boolean => DIMENSION_NAME.test(text);

export const areFewNames = (names: readonly string[]): boolean =>
  names.length <= CUSTOM_DIMENSIONS_MAX && new Set(names).size === names.length;

/** A rate in kbit/s and a height in lines, such as `750:540p`. */
const RUNG = /^([1-9]\d{0,6}):([1-9]\d{1,3}p?)$/;
export const RUNGS_MAX = 50;

export const isRung = (text: string): boolean => RUNG.test(text);

/** Returns the rung of a ladder that a text names. */
export function rungOf(text: string): Rung {
  const [, kbps = '', height = ''] = RUNG.exec(text) ?? [];
  return { kbps: Number(kbps), label: height.endsWith('p') ? height : `${height}p` };
}
