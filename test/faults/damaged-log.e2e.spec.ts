import { cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedEventLog } from '../../src/adapters/event-store/embedded/embedded-event-log.js';
import { EmbeddedReadModelReader } from '../../src/adapters/read-model/embedded/embedded-read-model-reader.js';
import { LOG_START, type LogPage, type StoredEvent } from '../../src/ports/event-store.js';
import { run } from '../cli/command-line.js';
import { LogView } from '../support/event-logs.js';
import { sendGraphql } from '../support/graphql.js';
import { until } from '../support/polling.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import {
  recomputed,
  storedContents,
  storedEvents,
  VERSIONS,
  type Contents,
} from '../support/recomputation.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { runToEnd } from '../support/wrong-start.js';
import { audienceOf } from './audience.js';

/** How often the log is damaged; FAULT_ROUNDS asks for more: 10 are 200 flips and 50 others. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
const FLIPS = 20;
const OTHERS = 5 * ROUNDS;
const EVENTS = 20_000;
const BATCH = 1_000;
const TIMEOUT_MS = 600_000 + ROUNDS * 60_000;

const seed = seedOfRun();
console.log(`FAULT_SEED=${String(seed)} FAULT_ROUNDS=${String(ROUNDS)}`);
const random = new SeededRandom(seed);
const whole = temporaryFolder();
const damaged = temporaryFolder();
let events: readonly StoredEvent[];
let figures: Contents;

/** A data folder that a server filled and left in good order. */
beforeAll(async () => {
  const server = await startServer(whole);
  const { requests } = audienceOf(random, EVENTS / 4, `seed ${String(seed)}`);
  const inputs = requests.flat();
  for (let at = 0; at < inputs.length; at += BATCH) {
    const { status } = await fetch(`${server.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(inputs.slice(at, at + BATCH)),
    });
    expect(status).toBe(202);
  }
  await until(async () => (await lagOf(server)) === 0);
  expect(await server.stop()).toBe(0);
  events = await storedEvents(whole);
  figures = await storedContents(whole);
}, TIMEOUT_MS);

afterAll(async () => {
  await endLeftovers();
  removeFolder(whole);
  removeFolder(damaged);
});

const LOG = join(damaged, 'events.db');

/** A copy of the folder, with the read models or without. */
function copy(withReadModels: boolean): void {
  rmSync(damaged, { recursive: true, force: true });
  cpSync(whole, damaged, { recursive: true });
  if (!withReadModels) rmSync(join(damaged, 'read-models'), { recursive: true });
}

/** Changes one byte in the data of so many events; their positions. */
function flipEvents(count: number): readonly number[] {
  const file = readFileSync(LOG);
  const positions = new Set<number>();
  while (positions.size < count) {
    const event = events[random.whole(1, events.length - 1)];
    const text = `"eventId":"${String(event?.data.eventId)}"`;
    const at = file.indexOf(text);
    if (event === undefined || at < 0 || positions.has(event.position)) continue;
    // A page that was split may still hold what has gone to another one.
    if (file.includes(text, at + 1)) continue;
    const byte = at + random.whole(0, 40);
    file[byte] = (file[byte] ?? 0) ^ (1 << random.whole(0, 7));
    positions.add(event.position);
  }
  writeFileSync(LOG, file);
  return [...positions].sort((a, b) => a - b);
}

/** The log as it was, without some of its events. */
class Without extends LogView {
  constructor(
    log: EmbeddedEventLog,
    private readonly positions: ReadonlySet<number>,
  ) {
    super(log);
  }

  override async readAll(after: number, limit: number): Promise<LogPage> {
    const page = await super.readAll(after, limit);
    return { ...page, events: page.events.filter(({ position }) => !this.positions.has(position)) };
  }
}

async function figuresWithout(positions: readonly number[]): Promise<Contents> {
  const log = new EmbeddedEventLog(join(whole, 'events.db'));
  try {
    return await recomputed(new Without(log, new Set(positions)));
  } finally {
    await log.close();
  }
}

interface Status {
  readonly lagSeconds: number;
  readonly parkedEvents: number;
}

async function statusesOf({ url }: TestServer): Promise<readonly Status[]> {
  const query = '{ projections { lagSeconds parkedEvents } }';
  const { data } = await sendGraphql(url, { query });
  return data?.projections as readonly Status[];
}
const lagOf = async (server: TestServer): Promise<number> =>
  Math.max(...(await statusesOf(server)).map(({ lagSeconds }) => lagSeconds));
const isReady = async ({ url }: TestServer): Promise<boolean> =>
  (await fetch(`${url}/health/ready`)).status === 200;

/** Where events are parked in the read models of the damaged folder; no server may be at work. */
async function parkedPositions(): Promise<readonly number[]> {
  const reader = new EmbeddedReadModelReader(join(damaged, 'read-models'), VERSIONS);
  try {
    return await reader.snapshot(['bandwidth'], LOG_START, async ({ bandwidth }) => {
      const parked = await bandwidth.parked();
      for (const { reason } of parked) expect(reason).toMatch(/checksum/);
      return parked.map(({ position }) => position);
    });
  } finally {
    await reader.close();
  }
}

test(
  'single bytes of events: each is parked at its position, and all else is exact',
  async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      copy(false);
      const positions = flipEvents(FLIPS);
      const server = await startServer(damaged);
      await until(() => isReady(server), TIMEOUT_MS);
      await until(async () => (await lagOf(server)) === 0);
      for (const { parkedEvents } of await statusesOf(server)) expect(parkedEvents).toBe(FLIPS);
      expect(await server.stop()).toBe(0);
      expect(await parkedPositions()).toEqual(positions);
      expect(await storedContents(damaged)).toEqual(await figuresWithout(positions));
    }
  },
  TIMEOUT_MS,
);

test(
  'single bytes of events that were folded before: nothing changes, and the tools tell of them',
  async () => {
    copy(true);
    const [first] = flipEvents(FLIPS);
    const server = await startServer(damaged);
    await until(() => isReady(server), TIMEOUT_MS);
    for (const { parkedEvents } of await statusesOf(server)) expect(parkedEvents).toBe(0);
    expect(await server.stop()).toBe(0);
    expect(await storedContents(damaged)).toEqual(figures);
    const check = await run(['check-log'], { DATA_DIR: damaged });
    expect(check.status).toBe(1);
    expect(check.stdout).toContain(`position ${String(first)}: `);
    const backup = await run(['backup', join(damaged, 'backup')], { DATA_DIR: damaged });
    expect(backup.status).toBe(1);
    expect(backup.stderr).toMatch(new RegExp(`20 events.*position ${String(first)};`));
    expect((await run(['check-log'], { DATA_DIR: whole })).status).toBe(0);
  },
  TIMEOUT_MS,
);

const isSettled = async (server: TestServer): Promise<boolean> =>
  (await isReady(server)) && (await lagOf(server)) === 0;

/** Whether whoever runs the server can know that something is wrong. */
async function isTold(server: TestServer): Promise<boolean> {
  const isParked = (await statusesOf(server)).some(({ parkedEvents }) => parkedEvents > 0);
  return isParked || server.process.stdout.some((line) => line.includes('cannot be read'));
}

/** Damages the file anywhere: one byte, or its end. */
function damageAnywhere(): string {
  const { size } = statSync(LOG);
  const at = random.whole(0, size - 1);
  if (random.chance(0.3)) {
    truncateSync(LOG, at);
    return `cut off at ${String(at)} of ${String(size)}`;
  }
  const file = readFileSync(LOG);
  file[at] = (file[at] ?? 0) ^ (1 << random.whole(0, 7));
  writeFileSync(LOG, file);
  return `a bit of byte ${String(at)} of ${String(size)}`;
}

test(
  'anything of the file: refused, or told, or without influence',
  async () => {
    const endings: string[] = [];
    for (let i = 0; i < OTHERS; i += 1) {
      copy(false);
      const damage = damageAnywhere();
      const ending = await runToEnd(damaged, {});
      if (!ending.hasListened) {
        const isPlain = [69, 78].includes(ending.status ?? 0) && ending.lines.length === 1;
        expect([damage, isPlain ? 'plain' : ending]).toEqual([damage, 'plain']);
        endings.push(`${damage}: refused, ${ending.lines.join(' ')}`);
        continue;
      }
      const server = await startServer(damaged);
      await until(async () => (await isTold(server)) || (await isSettled(server)), TIMEOUT_MS);
      const told = await isTold(server);
      expect(await server.stop()).toBe(0);
      if (!told) expect([damage, await storedContents(damaged)]).toEqual([damage, figures]);
      endings.push(`${damage}: ${told ? 'told' : 'without influence'}`);
    }
    console.log(endings.join('\n'));
  },
  TIMEOUT_MS,
);
