import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.js';
import { KEY_NAMES, SETTINGS } from '../../src/settings.js';
import { read } from '../docs/markdown.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly profiles?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly secrets?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly logging?: { readonly options: Readonly<Record<string, string>> };
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
  readonly secrets: Readonly<Record<string, { readonly file?: string }>>;
  readonly configs: Readonly<Record<string, { readonly file?: string }>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

const PINNED_IMAGE = /^[\w./-]+:v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$/;
const SECRET_NAMES = [...KEY_NAMES, 'VIEWER_SECRET'];

const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const folder = temporaryFolder();
const services = Object.entries(compose.services);
const ofPlayhead = services.filter(([name]) => name.startsWith('playhead'));
const monitors = services.filter(([, { profiles }]) => profiles?.includes('monitoring'));
const stores = services.filter(
  (service) => !ofPlayhead.includes(service) && !monitors.includes(service),
);

/** What leads to the container and to the stores is not for settings to change. */
const FIXED = ['HOST', 'PORT', 'DATA_DIR', 'EVENTSTORE_URL', 'MONGODB_URL'];
/** What a file of a secret holds. */
const held = (name: string): string => `what-is-in-${name}`;

/** An environment as the container gets it: variables filled in, secrets where they are here. */
function inContainer(
  environment: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      if (value.startsWith('/run/secrets/')) return [name, join(folder, basename(value))];
      return [
        name,
        value.replace(/^\$\{(\w+):-\}$/, (_, wanted: string) => variables[wanted] ?? ''),
      ];
    }),
  );
}

/** The schema of the Compose Specification; what it leaves to formats is not looked at. */
function schema(): ValidateFunction {
  const source = readFileSync('test/fixtures/compose/compose-spec.json', 'utf8');
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  return ajv.compile(JSON.parse(source) as object);
}

describe('docker-compose.yml', () => {
  beforeAll(() => {
    for (const name of Object.keys(compose.secrets)) {
      writeFileSync(join(folder, name), held(name));
    }
  });
  afterAll(() => {
    removeFolder(folder);
  });

  it('fits the schema of the Compose Specification', () => {
    const validate = schema();
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ services: { a: { image: 'a', depend_on: [] } } })).toBe(false);
  });

  it('pins every image to a full version, and our own to that of this release', () => {
    for (const [, { image }] of services) expect(image).toMatch(PINNED_IMAGE);
    const { version } = JSON.parse(read('package.json')) as { readonly version: string };
    for (const [, { image }] of ofPlayhead) expect(image).toBe(`playhead:${version}`);
  });

  it('checks the health of every service, and waits for that of those it needs', () => {
    for (const [, { healthcheck }] of services) expect(healthcheck?.test[0]).toBe('CMD');
    for (const [, { depends_on = {} }] of ofPlayhead) {
      expect(Object.keys(depends_on).length).toBeGreaterThan(1);
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        expect(condition).toBe('service_healthy');
        expect(compose.services).toHaveProperty(needed);
      }
    }
  });

  it('needs nothing of another profile, so that the services named in its head start alone', () => {
    for (const [, { profiles, depends_on = {} }] of services) {
      for (const needed of Object.keys(depends_on)) {
        expect(compose.services[needed]?.profiles).toEqual(profiles);
      }
    }
    const command = /up --detach --wait ((?:[\w-]+ ?)+)$/m.exec(text)?.[1];
    const cluster = ofPlayhead.filter(([, { profiles }]) => profiles?.includes('cluster'));
    expect(command?.split(' ')).toEqual(cluster.map(([name]) => name));
  });

  it('has three members of each store and two nodes in the cluster', () => {
    const names = services.filter(([, { profiles }]) => profiles?.[0] === 'cluster');
    const kinds = names.map(([name]) => name.replace(/-\d$/, ''));
    expect([...kinds].sort()).toEqual([
      ...Array<string>(3).fill('eventstore'),
      ...Array<string>(3).fill('mongodb'),
      ...Array<string>(2).fill('playhead'),
    ]);
  });

  it('passes on every setting there is, and nothing else', () => {
    for (const [, { environment = {} }] of ofPlayhead) {
      const names = Object.keys(environment).map((name) =>
        SECRET_NAMES.includes(name.replace(/_FILE$/, '')) ? name.replace(/_FILE$/, '') : name,
      );
      expect([...names].sort()).toEqual(Object.keys(SETTINGS.shape).sort());
      const open = Object.entries(environment).filter(([, value]) => value.startsWith('$'));
      for (const [name, value] of open) expect(value).toBe(`\${${name}:-}`);
      expect(open).toHaveLength(names.length - FIXED.length - SECRET_NAMES.length);
    }
  });

  it('changes nothing where nothing is set but what it has to', () => {
    for (const [, { environment = {} }] of ofPlayhead) {
      const config = readConfig(inContainer(environment, {}));
      expect(config).toEqual({
        ...readConfig({}),
        host: '0.0.0.0',
        dataDir: '/data',
        eventStoreUrl: environment.EVENTSTORE_URL,
        mongodbUrl: environment.MONGODB_URL,
        keys: {
          ingest: [held('ingest-key')],
          read: [held('read-key')],
          admin: [held('admin-key')],
        },
        viewerSecret: held('viewer-secret'),
        hasIntrospection: false,
      });
    }
  });

  it('lets every other setting be set', () => {
    for (const [, { environment = {} }] of ofPlayhead) {
      const set = { RETENTION_DAYS: '30', CORS_ORIGINS: 'https://example.org', LOG_LEVEL: 'debug' };
      expect(readConfig(inContainer(environment, set))).toMatchObject({
        retentionDays: 30,
        corsOrigins: ['https://example.org'],
        logLevel: 'debug',
      });
    }
  });

  it('has no key in any environment: each is a file that is given to who needs it', () => {
    for (const [, { environment = {} }] of services) {
      for (const name of SECRET_NAMES) expect(environment).not.toHaveProperty(name);
    }
    for (const name of SECRET_NAMES) expect(text).not.toContain(`{${name}`);
    for (const [, { environment = {}, secrets = [] }] of ofPlayhead) {
      const paths = SECRET_NAMES.map((name) => environment[`${name}_FILE`]);
      expect(paths).toEqual(secrets.map((secret) => `/run/secrets/${secret}`));
    }
    for (const [, { secrets }] of stores) expect(secrets).toBeUndefined();
    // Whoever watches may read figures.
    const ofMonitors = monitors.map(([name, { secrets }]) => [name, secrets]);
    expect(ofMonitors).toEqual([
      ['prometheus', ['read-key']],
      ['grafana', undefined],
    ]);
    // Other sources than a file are refused for containers whose file system is read-only.
    const files = Object.entries(compose.secrets).map(([name, { file }]) => [name, file]);
    expect(files).toEqual(Object.keys(compose.secrets).map((name) => [name, `./secrets/${name}`]));
    const named = /for name in ([\w -]+); do/.exec(text)?.[1]?.split(' ');
    expect(named).toEqual(Object.keys(compose.secrets));
    expect(read('.gitignore')).toMatch(/^\/secrets\/$/m);
  });

  it('bounds what every container may do, take and write', () => {
    for (const [, service] of services) {
      expect(service).toMatchObject({ cap_drop: ['ALL'], mem_limit: '2g' });
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
      expect(service.logging?.options).toEqual({ 'max-size': '10m', 'max-file': '3' });
    }
  });

  it('leads every connection string to members of the same profile, all of them', () => {
    for (const [, { environment = {}, depends_on = {} }] of ofPlayhead) {
      const hosts = [environment.EVENTSTORE_URL, environment.MONGODB_URL].flatMap((url = '') =>
        [...url.matchAll(/([\w-]+):\d+/g)].map(([, host = '']) => host),
      );
      expect([...hosts].sort()).toEqual(Object.keys(depends_on).sort());
    }
  });

  it('has an .env.example of settings that are there, each of them unset', () => {
    const lines = read('.env.example').split('\n');
    const named = lines.filter((line) => line !== '' && !line.startsWith('#'));
    expect(named).toEqual(SECRET_NAMES.map((name) => `${name}=`));
  });

  it('keeps data in named volumes, each used by one service', () => {
    const used = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((one) => one.split(':')[0]),
    );
    expect([...used].sort()).toEqual(Object.keys(compose.volumes).sort());
    expect(new Set(used).size).toBe(used.length);
    for (const [, { volumes = [] }] of stores) expect(volumes).toHaveLength(2);
  });

  it('opens no port but those of Playhead and of what watches it, each on this machine only', () => {
    for (const [, { ports, networks }] of stores) {
      expect(ports).toBeUndefined();
      for (const network of networks) expect(compose.networks[network]?.internal).toBe(true);
    }
    for (const [, { ports = [] }] of [...ofPlayhead, ...monitors]) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
    const opened = services.flatMap(([, { ports = [] }]) =>
      ports.map((port) => port.split(':')[1]),
    );
    expect(new Set(opened).size).toBe(opened.length);
  });

  it('hands files of this repository to what watches, and all of them', () => {
    const used = monitors.flatMap(([, { configs = [] }]) => configs.map(({ source }) => source));
    expect([...used].sort()).toEqual(Object.keys(compose.configs).sort());
    for (const { file = '' } of Object.values(compose.configs)) {
      expect([file, existsSync(file)]).toEqual([file, true]);
    }
  });

  it('lets nobody but viewers into Grafana', () => {
    expect(compose.services.grafana?.environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_AUTH_BASIC_ENABLED: 'false',
      GF_AUTH_DISABLE_LOGIN_FORM: 'true',
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    });
  });
});
