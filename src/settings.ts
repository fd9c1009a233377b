import { z } from 'zod';
import { CMCD_SETTINGS } from './cmcd-settings.js';
import { list, onOrOff, seconds, whole } from './setting-kinds.js';
import { areFewNames, comesRound, isCron, isName, isOrigin } from './setting-rules.js';
import { isTrust, trustOf } from './trust-proxy.js';

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
export const PAGE_SETTINGS = ['off', 'host', 'path'] as const;
export const BOT_SETTINGS = ['drop', 'keep'] as const;
export const VIEWER_SECRET_LENGTH_MIN = 16;
/** A key goes into a header as it stands, and a comma separates it from the next. */
const KEY = /^[\x21-\x2b\x2d-\x7e]{16,1000}$/;
export const KEY_NAMES = ['INGEST_KEY', 'READ_KEY', 'ADMIN_KEY'] as const;
const EVERY_MINUTE = '* * * * *';

const keys = list(
  (key) => KEY.test(key),
  'must be keys of 16 to 1,000 characters (ASCII, no spaces), with commas between them',
).optional();

const CUSTOM_DIMENSIONS_RULE =
  'must be up to three different names of letters, digits, - or _, with commas between them';

/**
 * Every setting, in the order of docs/operations.md. A description says what the setting means,
 * `unset` what its absence means; bounds, choices and defaults stand for themselves. `npm run
 * settings` writes the list there anew.
 */
export const SETTINGS = z.object({
  HOST: z
    .string()
    .regex(/^[\w.:%-]{1,255}$/, 'must be an address or a name of this machine')
    .default('127.0.0.1')
    .describe(
      'where HTTP listens: an address or a name; without keys `127.0.0.1`, `::1` or `localhost`',
    ),
  PORT: whole(0, 65_535).default(3_000).describe('where HTTP listens; `0` takes a free port'),
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .describe('the data folder; made if it is not there'),
  EVENTSTORE_URL: z
    .string()
    .regex(
      /^(esdb|kurrentdb)(\+discover)?:\/\/[^\s/]/,
      'must be an esdb:// or kurrentdb:// connection string',
    )
    .optional()
    .meta({
      description:
        'an `esdb://` or `kurrentdb://` connection string: events are kept in EventStoreDB or ' +
        'KurrentDB',
      unset: 'embedded',
    }),
  MONGODB_URL: z
    .string()
    .regex(
      /^mongodb(\+srv)?:\/\/[^\s/]+\/[^\s/?]+(\?\S*)?$/,
      'must be a mongodb:// connection string that names a database, such as mongodb://host/playhead',
    )
    .optional()
    .meta({
      description:
        'a `mongodb://` connection string with a database: read models are kept there, ' +
        'in a replica set or a sharded cluster',
      unset: 'embedded',
    }),
  EVENTSTORE_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be 1 to 100 letters, digits, - or _')
    .default('playhead-')
    .describe(
      'begins the name of every stream; 1 to 100 letters, digits, `-` or `_`. ' +
        'A log keeps the prefix that it was begun with; a start with another is refused',
    ),
  INGEST_KEY: keys.describe('keys that record; see [Keys](#keys)'),
  READ_KEY: keys.describe('keys that ask'),
  ADMIN_KEY: keys.describe('keys that may do everything'),
  VIEWER_SECRET: z
    .string()
    .refine(
      (secret) => secret.trim().length >= VIEWER_SECRET_LENGTH_MIN,
      `must have ${String(VIEWER_SECRET_LENGTH_MIN)} characters or more`,
    )
    .optional()
    .meta({
      description:
        'the key under which user ids are hashed; ' +
        `${String(VIEWER_SECRET_LENGTH_MIN)} characters or more; ` +
        'required with an event store that nodes share',
      unset: 'generated into the data folder',
    }),
  UNSAFE_EMPTY_VIEWER_SECRET: onOrOff.optional().meta({
    description:
      '`on` or `off`: whether a log may be used that was begun with an empty viewer secret; ' +
      'see [the viewer secret](#the-viewer-secret)',
    unset: 'off',
  }),
  EGRESS_PRICE_PER_GIB: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be a number of USD, such as 0.085')
    .transform(Number)
    .default(0.085)
    .describe('USD per GiB, for `cost`'),
  ROLLUP_CRON: z
    .string()
    .refine(isCron, 'must be a cron expression')
    .refine(comesRound, 'names a time that never comes')
    .default(EVERY_MINUTE)
    .describe('when the rollup runs, as a cron expression in UTC'),
  SESSION_TIMEOUT_SECONDS: whole(1, 86_400)
    .default(300)
    .describe('an open session that recorded nothing for so long is ended'),
  QUALIFIED_VIEW_SECONDS: seconds(0, 86_400)
    .default(30)
    .describe(
      'a view that was watched for so long is a qualified view, to the millisecond; ' +
        'see [what a change does](#settings-that-read-models-hold)',
    ),
  LIVE_WINDOW_SECONDS: whole(1, 3_600)
    .default(75)
    .describe(
      'who was heard of within so many seconds is watching now; ' +
        'see [what a change does](#settings-that-read-models-hold)',
    ),
  RETENTION_DAYS: whole(1, 36_500).optional().meta({
    description: 'how far back queries look, and read models remember; events stay',
    unset: 'everything is kept',
  }),
  CORS_ORIGINS: list(isOrigin, 'must be origins such as https://example.org').optional().meta({
    description:
      'origins, with commas between them, whose pages may use `/graphql`; `*` is every origin',
    unset: 'none',
  }),
  RATE_LIMIT_EVENTS_PER_SECOND: whole(1, 1e9)
    .optional()
    .meta({
      description:
        'events that a key may send from one address; ' +
        'a request is let through whole and then paid off',
      unset: 'no limit',
    }),
  RATE_LIMIT_QUERY_COST_PER_SECOND: whole(1, 1e9).optional().meta({
    description: 'what queries of a key from one address may [cost](errors.md#limits)',
    unset: 'no limit',
  }),
  QUERY_COST_MAX: whole(100, 1e9)
    .default(12_000)
    .describe('what one GraphQL operation may [cost](errors.md#limits)'),
  SCAN_ROWS_MAX: whole(1, 1e9)
    .default(500_000)
    .describe('sessions read for one answer, else [a sample](metrics.md#exact-and-sampled)'),
  REQUEST_TIMEOUT_SECONDS: whole(1, 3_600)
    .default(30)
    .describe('how long a request may take to come, and again to be answered'),
  CONNECTIONS_MAX: whole(1, 1e6)
    .default(10_000)
    .describe('connections at a time; more are closed at once'),
  TRUST_PROXY: z
    .string()
    .refine(isTrust, 'must be true, a number of proxies, or addresses with commas between them')
    .transform(trustOf)
    .optional()
    .meta({
      description:
        'whose `X-Forwarded-For` is believed: `true`, a number of proxies, ' +
        'or addresses and ranges with commas between them',
      unset: 'none',
    }),
  COUNTRY_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/, "must be a header's name, such as CF-IPCountry")
    .optional()
    .meta({
      description:
        'a header in which a proxy states the country of its client, such as `CF-IPCountry`; ' +
        'believed of proxies that `TRUST_PROXY` names',
      unset: 'none',
    }),
  GEOIP_FILE: z
    .string()
    .optional()
    .meta({
      description:
        'the path of a database of countries or cities in the MMDB format, in which addresses ' +
        'are looked up and not kept; a file that takes its place is read within a minute',
      unset: 'no address is looked up',
    }),
  PAGE: z
    .enum(PAGE_SETTINGS, `must be one of ${PAGE_SETTINGS.join(', ')}`)
    .default('path')
    .describe(
      'what is kept of the page that a player reports from, where it states none; in a path, ' +
        'segments of 24 or more letters and digits become `*`',
    ),
  BOTS: z
    .enum(BOT_SETTINGS, `must be ${BOT_SETTINGS.join(' or ')}`)
    .default('drop')
    .describe('what becomes of events that programs send as if they were browsers'),
  ...CMCD_SETTINGS,
  CUSTOM_DIMENSIONS: list(isName, CUSTOM_DIMENSIONS_RULE)
    .refine(areFewNames, CUSTOM_DIMENSIONS_RULE)
    .optional()
    .meta({
      description:
        'names for `custom1`, `custom2` and `custom3`, with commas between them: up to three, ' +
        'each of 1 to 40 letters, digits, `-` or `_`',
      unset: 'they have none',
    }),
  INTROSPECTION: onOrOff.optional().meta({
    description: '`on` or `off`: whether GraphQL tells its schema, and GraphiQL is there',
    unset: 'on without keys',
  }),
  DASHBOARD: onOrOff.optional().meta({
    description: '`on` or `off`: whether `/` is [the dashboard](dashboard.md), or a plain page',
    unset: 'on',
  }),
  BODY_LIMIT_BYTES: whole(1_024, 2 ** 30)
    .default(2 ** 20)
    .describe('the largest request body, as sent and unpacked'),
  STARTUP_WAIT_SECONDS: whole(0, 3_600)
    .default(60)
    .describe('how long a start waits for stores that are out of reach'),
  SHUTDOWN_GRACE_SECONDS: whole(0, 3_600).default(10).describe('how long an orderly stop may take'),
  READY_MAX_LAG_SECONDS: whole(1, 86_400)
    .default(60)
    .describe('a read model that lags by more makes the server not ready'),
  LAG_MAX_SECONDS: whole(1, 86_400).optional().meta({
    description:
      'while a read model lags by more, events are held back; see [holding back](#holding-back)',
    unset: 'no limit',
  }),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`)
    .default('info')
    .describe('the least that is logged'),
});
