import { readFileSync } from 'node:fs';
import { validateCronExpression } from 'cron';
import { z } from 'zod';

/** Settings that may also be given as the path of a file that holds them, `<NAME>_FILE`. */
const FILE_SETTINGS = ['VIEWER_SECRET'] as const;

/** Settings of a later release: to ignore one would leave open what it was set to close. */
const NOT_YET_SUPPORTED = [
  'EVENTSTORE_URL',
  'MONGODB_URL',
  'INGEST_KEY',
  'READ_KEY',
  'ADMIN_KEY',
  'CORS_ORIGINS',
  'RATE_LIMIT_EVENTS_PER_SECOND',
  'RATE_LIMIT_QUERY_COST_PER_SECOND',
  'TRUST_PROXY',
  'INTROSPECTION',
] as const;

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const VIEWER_SECRET_LENGTH_MIN = 16;
const EVERY_MINUTE = '* * * * *';

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const SETTINGS = z.object({
  HOST: z
    .string()
    .refine((host) => LOOPBACK.includes(host), `must be one of ${LOOPBACK.join(', ')}`)
    .default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3_000),
  DATA_DIR: z.string().min(1).default('./data'),
  EVENTSTORE_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be 1 to 100 letters, digits, - or _')
    .default('playhead-'),
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
  BODY_LIMIT_BYTES: whole(1_024, 2 ** 30).default(2 ** 20),
  SHUTDOWN_GRACE_SECONDS: whole(0, 3_600).default(10),
  READY_MAX_LAG_SECONDS: whole(1, 86_400).default(60),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
});

/** What the environment sets; frozen, and the only place where it is read. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly streamPrefix: string;
  /** Undefined: one is generated into the data folder. */
  readonly viewerSecret: string | undefined;
  /** USD. */
  readonly egressPricePerGib: number;
  readonly rollupCron: string;
  readonly sessionTimeoutSeconds: number;
  /** Undefined: everything is kept. */
  readonly retentionDays: number | undefined;
  readonly bodyLimitBytes: number;
  readonly shutdownGraceSeconds: number;
  readonly readyMaxLagSeconds: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** Everything that is wrong with the environment, a line each. */
export class BadConfig extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'BadConfig';
  }
}

/** Reads the settings; BadConfig names every fault at once. An empty variable counts as unset. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const values = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== ''),
  );
  for (const name of NOT_YET_SUPPORTED) {
    const isSet = values[name] !== undefined || values[`${name}_FILE`] !== undefined;
    if (isSet) faults.push(`${name}: is not supported by this release yet`);
  }
  for (const name of FILE_SETTINGS) readFileSetting(name, values, faults);
  const parsed = SETTINGS.safeParse(values);
  for (const { path, message } of parsed.error?.issues ?? []) {
    faults.push(`${path.join('.')}: ${message}`);
  }
  if (!parsed.success || faults.length > 0) throw new BadConfig(faults);
  return Object.freeze(toConfig(parsed.data));
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
    values[name] = readFileSync(path, 'utf8').trim();
  } catch (error) {
    faults.push(`${name}_FILE: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const toConfig = (settings: z.infer<typeof SETTINGS>): Config => ({
  host: settings.HOST,
  port: settings.PORT,
  dataDir: settings.DATA_DIR,
  streamPrefix: settings.EVENTSTORE_PREFIX,
  viewerSecret: settings.VIEWER_SECRET,
  egressPricePerGib: settings.EGRESS_PRICE_PER_GIB,
  rollupCron: settings.ROLLUP_CRON,
  sessionTimeoutSeconds: settings.SESSION_TIMEOUT_SECONDS,
  retentionDays: settings.RETENTION_DAYS,
  bodyLimitBytes: settings.BODY_LIMIT_BYTES,
  shutdownGraceSeconds: settings.SHUTDOWN_GRACE_SECONDS,
  readyMaxLagSeconds: settings.READY_MAX_LAG_SECONDS,
  logLevel: settings.LOG_LEVEL,
});
