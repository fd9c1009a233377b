import { boundedText } from './bounded-text.js';
import { countryCode } from './country-codes.js';
import { hostOf, pageOf } from './web-places.js';

export const DEVICE_TYPES = ['PHONE', 'TABLET', 'DESKTOP', 'TV', 'CONSOLE', 'OTHER'] as const;
/** The type of device that somebody watches on. */
export type DeviceType = (typeof DEVICE_TYPES)[number];

/** The circumstances of a session, as far as they are known. Texts have 1 to 200 characters. */
export interface SessionContext {
  readonly device?: DeviceType;
  readonly os?: string;
  readonly browser?: string;
  readonly player?: string;
  readonly app?: string;
  readonly cdn?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** The host that led to the page, in lower case. */
  readonly referrer?: string;
  /** Host and path of the page that the player is on. */
  readonly page?: string;
  readonly live?: boolean;
  /** The operator's own dimensions, under the names that CUSTOM_DIMENSIONS gives. */
  readonly custom1?: string;
  readonly custom2?: string;
  readonly custom3?: string;
}
export type ContextMember = keyof SessionContext;

/** The members in the order of the bits that stand for them in what is stored: append only. */
export const CONTEXT_MEMBERS = [
  'device',
  'os',
  'browser',
  'player',
  'app',
  'cdn',
  'country',
  'referrer',
  'page',
  'live',
  'custom1',
  'custom2',
  'custom3',
] as const satisfies readonly ContextMember[];

/**
 * The members that could tell people apart: dropped for a viewer who asks for privacy by GPC or
 * DNT.
 */
const PRIVATE_MEMBERS: ReadonlySet<ContextMember> = new Set([
  'country',
  'referrer',
  'page',
  'os',
  'browser',
]);

/** A context as a player states it, not checked yet. */
export type StatedContext = Readonly<Partial<Record<ContextMember, unknown>>>;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? boundedText(value) : undefined;

const isDevice = (name: string | undefined): name is DeviceType =>
  DEVICE_TYPES.some((device) => device === name);

/** Makes a cleaner of texts that must stand for something; undefined if they do not. */
const textAs =
  <T>(read: (tidy: string) => T | undefined) =>
  (value: unknown): T | undefined => {
    // A URL may be longer than what is kept of it.
    const tidy = typeof value === 'string' ? value.replace(/\p{Cc}/gu, '').trim() : '';
    return tidy === '' ? undefined : read(tidy);
  };

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

/** Returns the part of a context that is kept of somebody who asked for privacy. */
export function withoutPrivate(context: SessionContext): SessionContext {
  return Object.fromEntries(
    Object.entries(context).filter(([name]) => !PRIVATE_MEMBERS.has(name as ContextMember)),
  );
}
