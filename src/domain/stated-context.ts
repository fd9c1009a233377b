import { boundedText } from './bounded-text.js';
import { countryCode } from './country-codes.js';
import { oncePerText } from './once-per-text.js';
import {
  CONTEXT_MEMBERS,
  DEVICE_TYPES,
  type ContextMember,
  type DeviceType,
  type SessionContext,
} from './session-context.js';
import { hostOf, pageOf } from './web-addresses.js';

/** A context as a player states it, not checked yet. */
export type StatedContext = Readonly<Partial<Record<ContextMember, unknown>>>;

/** Makes a cleaner of texts; it takes nothing else. */
const ofText = <T>(clean: (text: string) => T | undefined): ((value: unknown) => T | undefined) => {
  const cleaned = oncePerText(clean);
  return (value) => (typeof value === 'string' ? cleaned(value) : undefined);
};

const text = ofText(boundedText);

const isDevice = (name: string | undefined): name is DeviceType =>
  DEVICE_TYPES.some((device) => device === name);

/** Makes a cleaner of texts that must stand for something; undefined if they do not. */
const textAs = <T>(read: (tidy: string) => T | undefined): ((value: unknown) => T | undefined) =>
  ofText((value) => {
    // A URL may be longer than what is kept of it.
    const tidy = value.replace(/\p{Cc}/gu, '').trim();
    return tidy === '' ? undefined : read(tidy);
  });

const READERS: {
  readonly [Member in ContextMember]-?: (value: unknown) => SessionContext[Member];
} = {
  device: textAs((name) => {
    const device = name.toUpperCase();
    return isDevice(device) ? device : undefined;
  }),
  os: text,
  browser: text,
  player: text,
  app: text,
  cdn: text,
  country: textAs(countryCode),
  referrer: textAs(hostOf),
  page: textAs((url) => pageOf(url)),
  live: (value) => (typeof value === 'boolean' ? value : undefined),
  custom1: text,
  custom2: text,
  custom3: text,
};

/**
 * Cleans a stated context. A value that cannot be right counts as unset, as it is not worth the
 * events that came with it.
 */
export function cleanContext(stated: StatedContext): SessionContext {
  const members = CONTEXT_MEMBERS.flatMap((name) => {
    const value = READERS[name](stated[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(members);
}
