import { BadConfig } from './bad-config.js';
import type { z } from 'zod';
import type { CMCD_SWITCHES, CMCD_UNKNOWN_KEYS } from './cmcd-settings.js';
import type { Rung } from './domain/cmcd/rendition.js';
import { warningsOf } from './config-warnings.js';
import { readRegularFile } from './regular-file.js';
import {
  FILE_SETTINGS,
  KEY_NAMES,
  LOOPBACK,
  SETTINGS,
  type BOT_SETTINGS,
  type LOG_LEVELS,
  type PAGE_SETTINGS,
} from './settings.js';
import type { TrustProxy } from './trust-proxy.js';

/** The keys of each role; without any key, every role is open to everyone. */
interface Keys {
  readonly ingest: readonly string[];
  readonly read: readonly string[];
  readonly admin: readonly string[];
}

/** The settings, frozen. Nothing else reads the environment. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly streamPrefix: string;
  /** An EventStoreDB connection string; undefined: the embedded log. */
  readonly eventStoreUrl: string | undefined;
  /** A MongoDB connection string with a database; undefined: the embedded read models. */
  readonly mongodbUrl: string | undefined;
  readonly keys: Keys;
  /** Undefined: the server generates a secret into the data folder. */
  readonly viewerSecret: string | undefined;
  /** Says whether the node may use a log that was begun with an empty viewer secret. */
  readonly isEmptySecretAccepted: boolean;
  /** USD. */
  readonly egressPricePerGib: number;
  readonly rollupCron: string;
  readonly sessionTimeoutSeconds: number;
  /** The watch time that makes a view a qualified one; to the millisecond. */
  readonly qualifiedViewSeconds: number;
  /** The time in seconds for which a viewer counts as watching after the last report. */
  readonly liveWindowSeconds: number;
  /** Undefined: everything is kept. */
  readonly retentionDays: number | undefined;
  readonly corsOrigins: readonly string[];
  /** Undefined: no limit. */
  readonly eventsPerSecondMax: number | undefined;
  /** Undefined: no limit. */
  readonly queryCostPerSecondMax: number | undefined;
  readonly queryCostMax: number;
  /** Sessions; of more, a sample of viewers is read. */
  readonly scanRowsMax: number;
  readonly requestTimeoutSeconds: number;
  readonly connectionsMax: number;
  /** The proxies whose word is taken for a client's address, in fastify's form. */
  readonly trustProxy: TrustProxy;
  /** In lower case; undefined: no header states a country. */
  readonly countryHeader: string | undefined;
  /** Undefined: no address is looked up. */
  readonly geoipFile: string | undefined;
  /** The part that is kept of the address of a player's page. */
  readonly page: (typeof PAGE_SETTINGS)[number];
  readonly bots: (typeof BOT_SETTINGS)[number];
  /** Says whether CMCD reports are taken, or players are told to stop. */
  readonly cmcdSwitch: (typeof CMCD_SWITCHES)[number];
  readonly cmcdUnknownKey: (typeof CMCD_UNKNOWN_KEYS)[number];
  /**
   * The renditions that players' rates stand for, and whether bytes are estimated from the rates.
   */
  readonly cmcdRates: { readonly ladder: readonly Rung[]; readonly areBytesEstimated: boolean };
  /** Names for `custom1` and so on, in this order; three at most. */
  readonly customDimensions: readonly string[];
  readonly hasIntrospection: boolean;
  readonly hasDashboard: boolean;
  readonly bodyLimitBytes: number;
  readonly startupWaitSeconds: number;
  readonly shutdownGraceSeconds: number;
  readonly readyMaxLagSeconds: number;
  /** Undefined: no limit. */
  readonly lagSecondsMax: number | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Possible mistakes in the settings, a line each. */
  readonly warnings: readonly string[];
}

/** Reads the settings; BadConfig names every fault at once. An empty variable counts as unset. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const values = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== ''),
  );
  for (const name of FILE_SETTINGS) readFileSetting(name, values, faults);
  const parsed = SETTINGS.safeParse(values);
  for (const { path, message } of parsed.error?.issues ?? []) {
    faults.push(`${path.join('.')}: ${message}`);
  }
  const { VIEWER_SECRET } = values;
  const isEmptySecretAccepted = parsed.data?.UNSAFE_EMPTY_VIEWER_SECRET === true;
  if (isEmptySecretAccepted && VIEWER_SECRET !== undefined) {
    faults.push('UNSAFE_EMPTY_VIEWER_SECRET: takes the place of VIEWER_SECRET: set one of them');
  }
  const isSecretShared = VIEWER_SECRET !== undefined || isEmptySecretAccepted;
  if (values.EVENTSTORE_URL !== undefined && !isSecretShared) {
    faults.push('VIEWER_SECRET: is required with EVENTSTORE_URL: all nodes must share one');
  }
  const { HOST } = values;
  if (HOST !== undefined && !LOOPBACK.includes(HOST) && !hasKeys(values)) {
    const hosts = LOOPBACK.join(', ');
    faults.push(
      `HOST: must be one of ${hosts} without keys; set keys: npm run cli -- keys generate`,
    );
  }
  faults.push(...sharedKeys(values));
  if (!parsed.success || faults.length > 0) throw new BadConfig(faults);
  const warnings = warningsOf(values, parsed.data);
  return Object.freeze({ ...toConfig(parsed.data), warnings });
}

const hasKeys = (values: Readonly<Record<string, unknown>>): boolean =>
  KEY_NAMES.some((name) => values[name] !== undefined);

/** Finds keys that two roles share: an ingest key, which is public, must not read. */
function sharedKeys(values: Readonly<Record<string, string | undefined>>): readonly string[] {
  const keysOf = (name: string): readonly string[] =>
    values[name]?.split(',').map((key) => key.trim()) ?? [];
  return KEY_NAMES.flatMap((name, at) => {
    const isHeld = (other: string): boolean =>
      keysOf(other).some((key) => key !== '' && keysOf(name).includes(key));
    const other = KEY_NAMES.slice(0, at).find(isHeld);
    return other === undefined ? [] : [`${name}: holds a key of ${other}: each role needs its own`];
  });
}

function readFileSetting(
  name: string,
  values: Record<string, string | undefined>,
  faults: string[],
): void {
  const path = values[`${name}_FILE`];
  if (path === undefined) return;
  if (values[name] !== undefined) {
    faults.push(`${name}: is given twice, also as ${name}_FILE`);
    return;
  }
  try {
    values[name] = readRegularFile(path).trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    faults.push(`${name}_FILE: ${path} cannot be read: ${reason}`);
  }
}

const toConfig = (settings: z.infer<typeof SETTINGS>): Omit<Config, 'warnings'> => ({
  host: settings.HOST,
  port: settings.PORT,
  dataDir: settings.DATA_DIR,
  streamPrefix: settings.EVENTSTORE_PREFIX,
  eventStoreUrl: settings.EVENTSTORE_URL,
  mongodbUrl: settings.MONGODB_URL,
  keys: {
    ingest: settings.INGEST_KEY ?? [],
    read: settings.READ_KEY ?? [],
    admin: settings.ADMIN_KEY ?? [],
  },
  viewerSecret: settings.VIEWER_SECRET,
  isEmptySecretAccepted: settings.UNSAFE_EMPTY_VIEWER_SECRET ?? false,
  egressPricePerGib: settings.EGRESS_PRICE_PER_GIB,
  rollupCron: settings.ROLLUP_CRON,
  sessionTimeoutSeconds: settings.SESSION_TIMEOUT_SECONDS,
  qualifiedViewSeconds: settings.QUALIFIED_VIEW_SECONDS,
  liveWindowSeconds: settings.LIVE_WINDOW_SECONDS,
  retentionDays: settings.RETENTION_DAYS,
  corsOrigins: settings.CORS_ORIGINS ?? [],
  eventsPerSecondMax: settings.RATE_LIMIT_EVENTS_PER_SECOND,
  queryCostPerSecondMax: settings.RATE_LIMIT_QUERY_COST_PER_SECOND,
  queryCostMax: settings.QUERY_COST_MAX,
  scanRowsMax: settings.SCAN_ROWS_MAX,
  requestTimeoutSeconds: settings.REQUEST_TIMEOUT_SECONDS,
  connectionsMax: settings.CONNECTIONS_MAX,
  trustProxy: settings.TRUST_PROXY ?? false,
  countryHeader: settings.COUNTRY_HEADER?.toLowerCase(),
  geoipFile: settings.GEOIP_FILE,
  page: settings.PAGE,
  bots: settings.BOTS,
  cmcdSwitch: settings.CMCD,
  cmcdUnknownKey: settings.CMCD_UNKNOWN_KEY,
  cmcdRates: {
    ladder: settings.CMCD_LADDER ?? [],
    areBytesEstimated: settings.CMCD_BYTES === 'estimate',
  },
  customDimensions: settings.CUSTOM_DIMENSIONS ?? [],
  hasIntrospection: settings.INTROSPECTION ?? !hasKeys(settings),
  hasDashboard: settings.DASHBOARD ?? true,
  bodyLimitBytes: settings.BODY_LIMIT_BYTES,
  startupWaitSeconds: settings.STARTUP_WAIT_SECONDS,
  shutdownGraceSeconds: settings.SHUTDOWN_GRACE_SECONDS,
  readyMaxLagSeconds: settings.READY_MAX_LAG_SECONDS,
  lagSecondsMax: settings.LAG_MAX_SECONDS,
  logLevel: settings.LOG_LEVEL,
});

/** The settings of the commands that work on a data folder. */
export interface FolderConfig extends Pick<
  Config,
  'dataDir' | 'streamPrefix' | 'viewerSecret' | 'isEmptySecretAccepted'
> {
  /** The server that a log may be copied to; the store checks it. */
  readonly eventStoreUrl: string | undefined;
}

const FOLDER_SETTINGS = [
  ...['DATA_DIR', 'EVENTSTORE_PREFIX'],
  ...['VIEWER_SECRET', 'VIEWER_SECRET_FILE', 'UNSAFE_EMPTY_VIEWER_SECRET'],
];

/** Reads the settings of `FolderConfig` and no others; throws BadConfig as `readConfig`. */
export function readFolderConfig(
  environment: Readonly<Record<string, string | undefined>>,
): FolderConfig {
  const { EVENTSTORE_URL, EVENTSTORE_URL_FILE } = environment;
  const url: Record<string, string | undefined> = {
    EVENTSTORE_URL: EVENTSTORE_URL === '' ? undefined : EVENTSTORE_URL,
    EVENTSTORE_URL_FILE: EVENTSTORE_URL_FILE === '' ? undefined : EVENTSTORE_URL_FILE,
  };
  const faults: string[] = [];
  readFileSetting('EVENTSTORE_URL', url, faults);
  if (faults.length > 0) throw new BadConfig(faults);
  const { dataDir, streamPrefix, viewerSecret, isEmptySecretAccepted } = readConfig(
    Object.fromEntries(FOLDER_SETTINGS.map((name) => [name, environment[name]])),
  );
  const secret = { viewerSecret, isEmptySecretAccepted };
  return { dataDir, streamPrefix, ...secret, eventStoreUrl: url.EVENTSTORE_URL };
}

/** The settings that say where the stores are and what the read models there may have forgotten. */
export type StoreConfig = Pick<
  Config,
  'dataDir' | 'eventStoreUrl' | 'mongodbUrl' | 'streamPrefix' | 'retentionDays'
>;

const STORE_SETTINGS = [
  ...['DATA_DIR', 'EVENTSTORE_PREFIX', 'RETENTION_DAYS'],
  ...['EVENTSTORE_URL', 'EVENTSTORE_URL_FILE', 'MONGODB_URL', 'MONGODB_URL_FILE'],
];
/** Stands for the viewer secret, which a command that only reads does not need. */
const NO_SECRET = 'not needed to read the stores';

/** Reads the settings of `StoreConfig` and no others; throws BadConfig as `readConfig`. */
export function readStoreConfig(
  environment: Readonly<Record<string, string | undefined>>,
): StoreConfig {
  const settings = STORE_SETTINGS.map((name) => [name, environment[name]] as const);
  return readConfig({ ...Object.fromEntries(settings), VIEWER_SECRET: NO_SECRET });
}

/** Finds the first key for a role, or a role that may do more, and the variable that holds it. */
export function readKeyOf(
  role: 'read' | 'admin',
  environment: Readonly<Record<string, string | undefined>>,
): { readonly name: string; readonly key: string } | undefined {
  const wanted = role === 'read' ? ['READ_KEY', 'ADMIN_KEY'] : ['ADMIN_KEY'];
  const names = wanted.flatMap((name) => [name, `${name}_FILE`]);
  const settings = Object.fromEntries(names.map((name) => [name, environment[name]]));
  const { read, admin } = readConfig(settings).keys;
  const [key] = [...read, ...admin];
  const name = names.find((one) => (environment[one] ?? '') !== '');
  return key === undefined || name === undefined ? undefined : { name, key };
}
