import type { z } from 'zod';
import { editsBetween } from './domain/edits.js';
import { FILE_SETTINGS, KEY_NAMES, SETTINGS } from './settings.js';

/** The most slips by which a name is taken for a setting; of a short name it is 1. */
const SLIPS_MAX = 2;
const SHORT_NAME = 6;

/** Returns what may be a mistake in settings that are allowed, a line each. */
export function warningsOf(
  values: Readonly<Record<string, string | undefined>>,
  settings: z.infer<typeof SETTINGS>,
): readonly string[] {
  return [...misspelt(values), ...openings(settings), ...unbelieved(settings)];
}

/** Finds variables that nothing reads and that look like a setting which is not set. */
function misspelt(values: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known = [...Object.keys(SETTINGS.shape), ...FILE_SETTINGS.map((name) => `${name}_FILE`)];
  return Object.keys(values).flatMap((name) => {
    if (known.includes(name)) return [];
    const meant = known.find((setting) => {
      const slipsMax = setting.length < SHORT_NAME ? 1 : SLIPS_MAX;
      return values[setting] === undefined && editsBetween(name.toUpperCase(), setting) <= slipsMax;
    });
    return meant === undefined ? [] : [`${name} is no setting: did you mean ${meant}?`];
  });
}

function openings(settings: z.infer<typeof SETTINGS>): readonly string[] {
  if (settings.CORS_ORIGINS?.includes('*') !== true) return [];
  const hasKeys = KEY_NAMES.some((name) => settings[name] !== undefined);
  const who = hasKeys ? 'with a key' : 'without any key';
  return [`CORS_ORIGINS is *: pages of every origin may use /graphql, ${who}`];
}

/** A header of whoever sends a request is not believed: so nobody's is. */
function unbelieved({ COUNTRY_HEADER, TRUST_PROXY }: z.infer<typeof SETTINGS>): readonly string[] {
  const isTrusted = TRUST_PROXY !== undefined && TRUST_PROXY !== false && TRUST_PROXY !== 0;
  return COUNTRY_HEADER === undefined || isTrusted
    ? []
    : ['COUNTRY_HEADER is not believed of anybody: set TRUST_PROXY to the proxy that states it'];
}
