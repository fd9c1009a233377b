import { isIP } from 'node:net';
import { validateCronExpression } from 'cron';
import { z } from 'zod';

/** Settings that may also be given as the path of a file that holds them, `<NAME>_FILE`. */
export const FILE_SETTINGS = [
  'EVENTSTORE_URL',
  'MONGODB_URL',
  'INGEST_KEY',
  'READ_KEY',
  'ADMIN_KEY',
  'VIEWER_SECRET',
] as const;

export const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const VIEWER_SECRET_LENGTH_MIN = 16;
/** A key goes into a header as it stands, and a comma parts one from the next. */
const KEY = /^[\x21-\x2b\x2d-\x7e]{16,1000}$/;
export const KEY_NAMES = ['INGEST_KEY', 'READ_KEY', 'ADMIN_KEY'] as const;
const EVERY_MINUTE = '* * * * *';

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/** Values with commas between them. */
const list = (pattern: (item: string) => boolean, rule: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((item) => item.trim()))
    .refine((items) => items.every(pattern), rule);

const keys = list(
  (key) => KEY.test(key),
  'must be keys of 16 to 1,000 characters (ASCII, no spaces), with commas between them',
).optional();

export type TrustProxy = boolean | number | string[];

function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}

/** The names that fastify knows for ranges of addresses. */
const ADDRESS_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

function isTrust(text: string): boolean {
  return /^(true|false|\d{1,2})$/.test(text) || addressesIn(text).every(isAddress);
}

function isAddress(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  if (ADDRESS_RANGES.includes(text)) return true;
  const bitsMax = isIP(address) === 6 ? 128 : 32;
  const isRange = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax);
  return isIP(address) !== 0 && isRange && more.length === 0;
}

const addressesIn = (text: string): string[] => text.split(',').map((item) => item.trim());

function trustOf(text: string): TrustProxy {
  if (/^\d+$/.test(text)) return Number(text);
  return text === 'true' || (text === 'false' ? false : addressesIn(text));
}

export const SETTINGS = z.object({
  HOST: z
    .string()
    .regex(/^[\w.:%-]{1,255}$/, 'must be an address or a name of this machine')
    .default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3_000),
  DATA_DIR: z.string().min(1).default('./data'),
  EVENTSTORE_URL: z
    .string()
    .regex(/^(esdb|kurrentdb)(\+discover)?:\/\/[^\s/]/, 'must be an esdb:// connection string')
    .optional(),
  MONGODB_URL: z
    .string()
    .regex(
      /^mongodb(\+srv)?:\/\/[^\s/]+\/[^\s/?]+(\?\S*)?$/,
      'must be a mongodb:// connection string that names a database, such as mongodb://host/playhead',
    )
    .optional(),
  EVENTSTORE_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be 1 to 100 letters, digits, - or _')
    .default('playhead-'),
  INGEST_KEY: keys,
  READ_KEY: keys,
  ADMIN_KEY: keys,
  VIEWER_SECRET: z.string().min(VIEWER_SECRET_LENGTH_MIN).optional(),
  EGRESS_PRICE_PER_GIB: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be a number of USD, such as 0.085')
    .transform(Number)
    .default(0.085),
  ROLLUP_CRON: z
    .string()
    .refine((text) => validateCronExpression(text).valid, 'must be a cron expression')
    .default(EVERY_MINUTE),
  SESSION_TIMEOUT_SECONDS: whole(1, 86_400).default(300),
  RETENTION_DAYS: whole(1, 36_500).optional(),
  CORS_ORIGINS: list(isOrigin, 'must be origins such as https://example.org').optional(),
  RATE_LIMIT_EVENTS_PER_SECOND: whole(1, 1e9).optional(),
  RATE_LIMIT_QUERY_COST_PER_SECOND: whole(1, 1e9).optional(),
  QUERY_COST_MAX: whole(100, 1e9).default(50_000),
  REQUEST_TIMEOUT_SECONDS: whole(1, 3_600).default(30),
  CONNECTIONS_MAX: whole(1, 1e6).default(10_000),
  TRUST_PROXY: z
    .string()
    .refine(isTrust, 'must be true, a number of proxies, or addresses with commas between them')
    .transform(trustOf)
    .optional(),
  INTROSPECTION: z
    .enum(['on', 'off', 'true', 'false'])
    .transform((text) => text === 'on' || text === 'true')
    .optional(),
  BODY_LIMIT_BYTES: whole(1_024, 2 ** 30).default(2 ** 20),
  SHUTDOWN_GRACE_SECONDS: whole(0, 3_600).default(10),
  READY_MAX_LAG_SECONDS: whole(1, 86_400).default(60),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
});
