import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { read } from '../docs/markdown.js';

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly profiles?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ofPlayhead = services.filter(([name]) => name.startsWith('playhead'));
const stores = services.filter(([name]) => !name.startsWith('playhead'));

/** The schema of the Compose Specification; what it leaves to formats is not looked at. */
function schema(): ValidateFunction {
  const source = readFileSync('test/fixtures/compose/compose-spec.json', 'utf8');
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  return ajv.compile(JSON.parse(source) as object);
}

describe('docker-compose.yml', () => {
  it('fits the schema of the Compose Specification', () => {
    const validate = schema();
    validate(compose);
    expect(validate.errors).toBeNull();
    expect(validate({ services: { a: { image: 'a', depend_on: [] } } })).toBe(false);
  });

  it('pins every image to a full version, and our own to that of this release', () => {
    for (const [, { image }] of services) expect(image).toMatch(/^[\w./-]+:\d+\.\d+\.\d+$/);
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

  it('sets nothing that config.ts does not know, and the keys', () => {
    const known = [...read('src/config.ts').matchAll(/\b[A-Z][A-Z_]{3,}\b/g)].map(([name]) => name);
    for (const [, { environment = {} }] of ofPlayhead) {
      expect(Object.keys(environment)).toEqual(
        expect.arrayContaining(['ADMIN_KEY', 'EVENTSTORE_URL', 'MONGODB_URL', 'VIEWER_SECRET']),
      );
      for (const name of Object.keys(environment)) expect(known).toContain(name);
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

  it('asks for keys that it does not have, those of .env.example and no others', () => {
    const required = [...text.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name);
    const example = read('.env.example').split('\n');
    const named = example.filter((line) => line !== '' && !line.startsWith('#'));
    expect(named).toEqual(required.map((name) => `${String(name)}=`));
    expect(required).toEqual(['INGEST_KEY', 'READ_KEY', 'ADMIN_KEY', 'VIEWER_SECRET']);
  });

  it('keeps data in named volumes, each used by one service', () => {
    const used = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((one) => one.split(':')[0]),
    );
    expect([...used].sort()).toEqual(Object.keys(compose.volumes).sort());
    expect(new Set(used).size).toBe(used.length);
    for (const [, { volumes = [] }] of stores) expect(volumes).toHaveLength(2);
  });

  it('opens no port but those of Playhead, on this machine only', () => {
    for (const [, { ports, networks }] of stores) {
      expect(ports).toBeUndefined();
      for (const network of networks) expect(compose.networks[network]?.internal).toBe(true);
    }
    for (const [, { ports = [] }] of ofPlayhead) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });
});
