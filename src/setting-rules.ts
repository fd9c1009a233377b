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
