import { Temporal } from 'temporal-polyfill';
import { badInput } from '../../domain/errors.js';

/**
 * Returns the IANA name of a zone as Intl spells it, for a name in any case; undefined if there is
 * no such zone. An older name gives the zone that it links to.
 */
export function timeZoneNamed(name: string): string | undefined {
  if (!NAME.test(name)) return undefined;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // Intl also knows abbreviations that mean another zone elsewhere, such as "AST": Temporal
    // refuses them.
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Offsets begin with a sign, and newer releases of Node.js take them for zones. */
const NAME = /^[a-z]/i;

/** Returns a zone's name as Intl spells it; throws BAD_USER_INPUT if there is no such zone. */
export function knownZone(name: string): string {
  const zone = timeZoneNamed(name);
  if (zone === undefined) {
    throw badInput('timeZone', 'must be the name of a time zone, such as Europe/Berlin');
  }
  return zone;
}
