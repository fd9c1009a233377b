import { CronTime, validateCronExpression } from 'cron';

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
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}

/** As it may stand in a query, a column of a table and a URL. */
const DIMENSION_NAME = /^[A-Za-z0-9_-]{1,40}$/;
const CUSTOM_DIMENSIONS_MAX = 3;

export const isName = (text: string): boolean => DIMENSION_NAME.test(text);

export const areFewNames = (names: readonly string[]): boolean =>
  names.length <= CUSTOM_DIMENSIONS_MAX && new Set(names).size === names.length;
