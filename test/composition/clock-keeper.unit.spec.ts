import { NodeClock } from '../../src/adapters/system/node-clock.js';
import { ClockKeeper } from '../../src/composition/clock-keeper.js';
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.js';
import type { StoreClock, TimeBounds } from '../../src/ports/clock.js';
import { SettableMachine } from '../support/settable-machine.js';

const TEN_MINUTES_MS = 10 * MINUTE_MS;
const ANSWER_MS = 20;
/** What the node's clock leaves out, which shows whole milliseconds. */
const CUT_MS = 1;

/** A store's server somewhere else: its time passes as the machine's does, and is another. */
class FarClock implements StoreClock {
  /** How far it is ahead of the true time, by which everything here is judged. */
  offMs = 0;
  isMute = false;
  /** Called in the middle of an answer. */
  onRead = (): void => undefined;

  constructor(
    readonly store: string,
    private readonly world: World,
    /** It states no smaller parts of time, and the present one for twice as long. */
    private readonly unitMs: number,
  ) {}

  read(): Promise<TimeBounds> {
    this.world.pass(ANSWER_MS / 2);
    if (this.isMute) return Promise.reject(new Error('says nothing'));
    const now = this.world.now + this.offMs;
    const earliest = now - (now % this.unitMs);
    this.onRead();
    this.world.pass(ANSWER_MS / 2);
    return Promise.resolve({ earliest, latest: earliest + 2 * this.unitMs });
  }
}

/** The true time, and a machine on which a node runs. */
class World {
  now = Date.UTC(2024, 0, 15, 12);
  readonly machine = new SettableMachine();
  readonly clock = new NodeClock(undefined, this.machine);
  readonly warnings: string[] = [];
  readonly offsets = new Map<string, number>();
  readonly events = new FarClock('EventStoreDB', this, SECOND_MS);
  readonly models = new FarClock('MongoDB', this, 1);

  pass(durationMs: number): void {
    this.now += durationMs;
    this.machine.advance(durationMs);
  }

  /** Sets the machine's time of day so far ahead of the true time. */
  setMachine(offMs: number): void {
    this.machine.setWall(this.now + offMs);
  }

  keeper(...stores: readonly StoreClock[]): ClockKeeper {
    const { clock, machine } = this;
    return new ClockKeeper({
      clock,
      machine,
      stores,
      operatorLog: { warn: (message) => void this.warnings.push(message) },
      telemetry: { clockOff: (store, seconds) => void this.offsets.set(store, seconds) },
    });
  }

  /** By how much the node's clock is wrong, in milliseconds. */
  get errorMs(): number {
    return this.clock.now() - this.now;
  }
}

async function lookFor(keeper: ClockKeeper, world: World, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await keeper.look();
    world.pass(777);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe.each([-TEN_MINUTES_MS, TEN_MINUTES_MS])('a machine that is %d ms off', (offMs) => {
  beforeEach(() => {
    world.setMachine(offMs);
  });

  it("goes by the event store's clock, as well as that tells, and says so", async () => {
    const keeper = world.keeper(world.events);
    await keeper.look();
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(2 * SECOND_MS + ANSWER_MS);
    await lookFor(keeper, world, 20);
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(1.1 * SECOND_MS);
    expect(world.offsets.get('EventStoreDB')).toBeCloseTo(-offMs / SECOND_MS, -0.5);
    const way = offMs < 0 ? 'behind' : 'ahead of';
    expect(world.warnings).toHaveLength(1);
    const told = `^this machine's clock is (600|599|601)\\.\\d s ${way} that of EventStoreDB`;
    expect(world.warnings[0]).toMatch(new RegExp(told));
    expect(keeper.trouble()).toBeUndefined();
  });

  it("goes by MongoDB's where the events are kept on the machine itself", async () => {
    await world.keeper(world.models).look();
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(ANSWER_MS);
    expect(world.offsets.get('MongoDB')).toBeCloseTo(-offMs / SECOND_MS, 1);
    expect(world.warnings[0]).toContain('MongoDB');
  });

  it('is told of once a minute', async () => {
    const keeper = world.keeper(world.models);
    await keeper.look();
    world.pass(MINUTE_MS - SECOND_MS);
    await keeper.look();
    expect(world.warnings).toHaveLength(1);
    world.pass(SECOND_MS);
    await keeper.look();
    expect(world.warnings).toHaveLength(2);
  });

  it('is set right while the node runs: its clock goes on, and no more is told', async () => {
    const keeper = world.keeper(world.models);
    await keeper.look();
    world.setMachine(0);
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(ANSWER_MS);
    world.pass(MINUTE_MS);
    await keeper.look();
    expect(world.offsets.get('MongoDB')).toBeCloseTo(0, 1);
    expect(world.warnings).toHaveLength(1);
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(ANSWER_MS);
  });

  it('was right before: the clock goes on, then as before', async () => {
    world.setMachine(0);
    const keeper = world.keeper(world.events);
    await lookFor(keeper, world, 5);
    world.setMachine(offMs);
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(CUT_MS);
    await keeper.look();
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(1.1 * SECOND_MS);
    expect(world.warnings).toHaveLength(1);
  });
});

describe("a node's clock", () => {
  it("is the machine's, where the store's may be the same", async () => {
    world.setMachine(300);
    const keeper = world.keeper(world.events);
    await lookFor(keeper, world, 20);
    expect(Math.abs(world.errorMs - 300)).toBeLessThanOrEqual(CUT_MS);
    expect(world.warnings).toEqual([]);
  });

  it("is the machine's, where no store is elsewhere", async () => {
    const keeper = world.keeper();
    await keeper.look();
    world.setMachine(-TEN_MINUTES_MS);
    expect(world.errorMs).toBe(-TEN_MINUTES_MS);
    expect(keeper.trouble()).toBeUndefined();
    keeper.close();
  });

  it('is right at the first look after the machine stood still', async () => {
    const keeper = world.keeper(world.events);
    await keeper.look();
    world.now += TEN_MINUTES_MS;
    world.setMachine(0);
    expect(Math.abs(world.errorMs + TEN_MINUTES_MS)).toBeLessThanOrEqual(CUT_MS);
    await keeper.look();
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(2 * SECOND_MS + ANSWER_MS);
  });

  it('does not believe an answer during which the machine stood still', async () => {
    const keeper = world.keeper(world.models);
    await keeper.look();
    world.models.onRead = () => {
      world.now += TEN_MINUTES_MS;
      world.setMachine(0);
      world.models.onRead = () => undefined;
    };
    await keeper.look();
    await keeper.look();
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(ANSWER_MS);
  });

  it('stays where it is when a store is held up once, and goes along when it was set', async () => {
    const keeper = world.keeper(world.models);
    await keeper.look();
    world.models.offMs = -5 * SECOND_MS;
    await keeper.look();
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(ANSWER_MS);
    await keeper.look();
    expect(Math.abs(world.errorMs + 5 * SECOND_MS)).toBeLessThanOrEqual(ANSWER_MS);
  });
});

describe('a node is not ready', () => {
  it('while no store tells what time it is', async () => {
    world.events.isMute = true;
    const keeper = world.keeper(world.events);
    await keeper.look();
    expect(keeper.trouble()).toBe('no store tells what time it is');
    expect(world.warnings).toEqual([
      'not ready: no store tells what time it is (EventStoreDB: says nothing)',
    ]);
    world.events.isMute = false;
    await keeper.look();
    expect(keeper.trouble()).toBeUndefined();
  });

  it('but is where one does, and goes by that', async () => {
    world.events.isMute = true;
    world.setMachine(TEN_MINUTES_MS);
    const keeper = world.keeper(world.events, world.models);
    await keeper.look();
    expect(keeper.trouble()).toBeUndefined();
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(2 * ANSWER_MS);
  });

  it('where two stores are more than a minute apart', async () => {
    const keeper = world.keeper(world.events, world.models);
    world.models.offMs = 50 * SECOND_MS;
    await keeper.look();
    expect(keeper.trouble()).toBeUndefined();
    world.models.offMs = 70 * SECOND_MS;
    await lookFor(keeper, world, 3);
    expect(keeper.trouble()).toMatch(
      /^the clocks of EventStoreDB and MongoDB are \d\d\.\d s apart$/,
    );
    expect(world.warnings).toHaveLength(1);
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(SECOND_MS);
    world.models.offMs = 0;
    await lookFor(keeper, world, 3);
    expect(keeper.trouble()).toBeUndefined();
  });

  it('and is ready while a store that told its time is out of reach', async () => {
    const keeper = world.keeper(world.events);
    await keeper.look();
    world.events.isMute = true;
    world.pass(MINUTE_MS);
    await keeper.look();
    expect(keeper.trouble()).toBeUndefined();
    expect(Math.abs(world.errorMs)).toBeLessThanOrEqual(2 * SECOND_MS);
  });
});
