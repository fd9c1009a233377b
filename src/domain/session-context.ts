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

export const DEVICE_TYPES = ['PHONE', 'TABLET', 'DESKTOP', 'TV', 'CONSOLE', 'OTHER'] as const;
/** The type of device that somebody watches on. */
export type DeviceType = (typeof DEVICE_TYPES)[number];

/** The most characters that are kept of a text of a session's context. */
export const CONTEXT_LENGTH_MAX = 200;

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

/** The members that could tell people apart: dropped for a viewer who sends GPC or DNT. */
const PRIVATE_MEMBERS: ReadonlySet<ContextMember> = new Set([
  'country',
  'referrer',
  'page',
  'os',
  'browser',
]);

/** Returns the part of a context that is kept of somebody who asked for privacy. */
export function withoutPrivate(context: SessionContext): SessionContext {
  return Object.fromEntries(
    Object.entries(context).filter(([name]) => !PRIVATE_MEMBERS.has(name as ContextMember)),
  );
}
