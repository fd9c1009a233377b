import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { PlayheadError } from '../../src/domain/errors.js';
import {
  CheckpointMoved,
  NO_PROGRESS,
  type Generation,
  type GenerationRecord,
  type RebuildOutcome,
} from '../../src/ports/read-model/generation.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import type { Generations } from '../../src/projector/generations.js';
import { generationsOf, put, puts, spec } from '../contracts/read-model-store.js';
import { intercept } from './interception.js';
import { KEY, Watch, type Count } from './life-watch.js';
import { SeededRandom } from './random.js';

/** What an owner tries next, with what it believes to hold. */
type Deed =
  | 'take'
  | 'fold'
  | 'build'
  | 'begin'
  | 'offer'
  | 'promote'
  | 'back'
  | 'abandon'
  | 'sweep'
  | 'keep'
  | 'renew'
  | 'late'
  | 'release';

/** How long incidents last: claims may run out meanwhile, or what is kept for a while go. */
const PASSING_MS = {
  ...{ short: 1_000, long: 7_000, hours: 7_200_000 },
  ...{ save: 0, 'put back': 0, 'put back slowly': 7_000 },
} as const;

/** What happens to the store, besides what its owners do, so many turns after the one before. */
interface Incident {
  readonly kind: keyof typeof PASSING_MS;
  readonly after: number;
}

export interface Plan {
  readonly deeds: readonly (readonly Deed[])[];
  readonly incidents: readonly Incident[];
  /** Which calls lose their answers: the effect is there, and the owner does not know. */
  readonly lost: ReadonlySet<number>;
  /** Determines whose turn it is each time. */
  readonly seed: number;
}

const DEEDS: readonly fc.WeightedArbitrary<Deed>[] = [
  { weight: 6, arbitrary: fc.constant('take') },
  { weight: 8, arbitrary: fc.constant('fold') },
  { weight: 4, arbitrary: fc.constant('build') },
  { weight: 2, arbitrary: fc.constant('begin') },
  { weight: 4, arbitrary: fc.constantFrom('offer', 'promote') },
  { weight: 2, arbitrary: fc.constantFrom('keep', 'renew', 'late', 'release') },
  { weight: 1, arbitrary: fc.constantFrom('back', 'abandon', 'sweep') },
];

const INCIDENTS = [
  ...(['short', 'long', 'long', 'hours'] as const),
  ...(['save', 'put back', 'put back slowly', 'put back slowly'] as const),
];

/** Lives of two owners at one store, and what befalls that meanwhile. */
export const plan: fc.Arbitrary<Plan> = fc.record({
  deeds: fc.array(fc.array(fc.oneof(...DEEDS), { minLength: 4, maxLength: 20 }), {
    minLength: 2,
    maxLength: 2,
  }),
  incidents: fc.array(
    fc.record({
      kind: fc.constantFrom(...INCIDENTS),
      after: fc.nat(15),
    }),
    { maxLength: 8 },
  ),
  lost: fc.uniqueArray(fc.nat(80), { maxLength: 8 }).map((calls) => new Set(calls)),
  seed: fc.integer(),
});

/** A place that owners share, as the model needs it. */
export interface ModelPlace {
  writer(): Promise<ReadModelWriter>;
  passTime(ms: number): Promise<void>;
  /** Keeps the state of the store; what it gives puts that back. Undefined: it cannot. */
  readonly save: (() => Promise<() => Promise<void>>) | undefined;
}

const END: RebuildOutcome = { kind: 'switched', at: 0, detail: '' };

/** One of those who share a store, by its own belief. */
class Owner {
  private readonly generations: Generations;
  private serving: Generation | undefined;
  private building: Generation | undefined;
  /** What it gave up last: some of its work is not over yet. */
  private givenUp: Generation | undefined;

  constructor(
    private readonly writer: ReadModelWriter,
    private readonly isHasty: boolean,
  ) {
    this.generations = generationsOf(writer);
  }

  async live(deeds: readonly Deed[]): Promise<void> {
    for (const deed of deeds) {
      try {
        await this.do(deed);
      } catch (error) {
        const isForeseen =
          error instanceof CheckpointMoved ||
          (error instanceof PlayheadError && error.code === 'STORE_UNAVAILABLE');
        if (!isForeseen) throw error;
        // As a projector does: what it holds is asked of the store anew.
        this.giveUp();
      }
    }
  }

  get isServing(): boolean {
    return this.serving !== undefined;
  }

  private async do(deed: Deed): Promise<void> {
    switch (deed) {
      case 'take':
        return this.take();
      case 'fold':
        this.serving = this.serving && (await this.fold(this.serving));
        return;
      case 'build':
        this.building = this.building && (await this.fold(this.building));
        return;
      case 'begin':
      case 'back':
        await this.generations.begin(spec, deed === 'begin' ? 'nothing' : 'previous');
        return this.acquireBuilding('building');
      case 'offer':
        return this.offer();
      case 'promote':
        return this.promote();
      case 'abandon':
        await this.generations.abandon(spec, END);
        return;
      case 'sweep':
        return this.generations.sweep([spec]);
      case 'keep':
        return this.prolong((generation) => this.writer.keep(generation));
      case 'renew':
        return this.prolong((generation) => this.writer.renew(generation, NO_PROGRESS));
      case 'late':
        if (this.givenUp !== undefined) await this.fold(this.givenUp);
        return;
      case 'release':
        return this.release();
    }
  }

  /** Keeps its claims, or some that it has given up: what does that runs beside the work. */
  private async prolong(work: (generation: Generation) => Promise<void>): Promise<void> {
    const held = [this.serving, this.building].flatMap((one) => one ?? []);
    const late = held.length === 0 && this.givenUp !== undefined ? [this.givenUp] : [];
    for (const generation of [...held, ...late]) await work(generation);
  }

  private async take(): Promise<void> {
    const serving = (await this.generations.look([spec]))[0]?.serving;
    if (serving === undefined) {
      const how = { replacing: undefined, servesFrom: 0 };
      this.serving = await this.generations.start(spec, how);
      return;
    }
    if (serving.isTaken) return;
    [this.serving] = (await this.generations.acquire([serving])) ?? [];
  }

  private async acquireBuilding(state: GenerationRecord['state']): Promise<void> {
    const building = (await this.generations.look([spec]))[0]?.building;
    if (building?.state !== state || building.isTaken) return;
    [this.building] = (await this.generations.acquire([building])) ?? [];
  }

  /** Folds the next event: the count rises by one, the checkpoint with it. */
  private async fold(generation: Generation): Promise<Generation> {
    const [found] = await this.writer.load(generation, [KEY]);
    const n = ((found?.body as Count | undefined)?.n ?? 0) + 1;
    const document = put(KEY, {}, { n });
    return this.writer.commit(generation, puts(generation.checkpoint + 1, document));
  }

  private async offer(): Promise<void> {
    const { building } = this;
    if (building === undefined) return;
    await this.generations.offer(building);
    this.givenUp = building;
    this.building = undefined;
  }

  /** Brings what is ready to where the serving one is, then lets it serve. */
  private async promote(): Promise<void> {
    const { serving } = this;
    if (serving === undefined) return;
    if (this.building === undefined) await this.acquireBuilding('ready');
    if (this.building === undefined) return;
    while (!this.isHasty && this.building.checkpoint < serving.checkpoint) {
      this.building = await this.fold(this.building);
    }
    if (!this.isHasty && this.building.checkpoint !== serving.checkpoint) return;
    await this.generations.promote(serving, this.building, END);
    this.givenUp = serving;
    this.serving = this.building;
    this.building = undefined;
  }

  private async release(): Promise<void> {
    await this.generations.release([this.serving, this.building].flatMap((one) => one ?? []));
    this.giveUp();
  }

  private giveUp(): void {
    this.givenUp = this.serving ?? this.building ?? this.givenUp;
    this.serving = undefined;
    this.building = undefined;
  }
}

/** Lets one at a time of those go on that wait, in an order drawn by chance. */
class Turns {
  private readonly waiting: (() => void)[] = [];
  /** How many have a turn, and are at work that takes time. */
  private busy = 0;

  constructor(private readonly random: SeededRandom) {}

  /** Waits for a turn. */
  next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Waits for a turn, and lasts until some work is done in it. */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.next();
    this.busy += 1;
    try {
      return await work();
    } finally {
      this.busy -= 1;
    }
  }

  /** Gives turns until some work is done. */
  async until(work: Promise<unknown>): Promise<void> {
    const state = { isDone: false };
    const done = work.finally(() => {
      state.isDone = true;
    });
    // It is awaited below.
    done.catch(() => undefined);
    while (!state.isDone) {
      const [one] = this.waiting.splice(this.random.whole(0, this.waiting.length - 1), 1);
      one?.();
      do await nextTurn();
      while (this.busy > 0);
    }
    await done;
  }
}

/** Changes what the model runs, to see that what it watches can be violated. */
export interface Mutation {
  readonly writer?: (writer: ReadModelWriter) => ReadModelWriter;
  /** Owners let what is ready serve wherever it is. */
  readonly isHasty?: boolean;
}

/**
 * Lets two owners live at a store, their calls in an order drawn by chance, so that each of them
 * may sleep through whatever the other does; throws at the first thing that must not be.
 */
export async function runModel(
  { deeds, incidents, lost, seed }: Plan,
  place: ModelPlace,
  { writer: mutate = (writer) => writer, isHasty = false }: Mutation = {},
): Promise<void> {
  const turns = new Turns(new SeededRandom(seed));
  const watch = new Watch(await place.writer());
  let calls = 0;
  const ownerOf = async (i: number): Promise<Owner> =>
    new Owner(
      intercept(mutate(await place.writer()), async (step, call, parameters) => {
        const { result, isLost } = await turns.take(async () => {
          const ordinal = calls;
          calls += 1;
          const from = watch.now();
          const answer = await call();
          watch.note({ owner: i, step, from }, parameters, answer);
          await watch.look();
          return { result: answer, isLost: lost.has(ordinal) };
        });
        await turns.next();
        if (isLost) throw new PlayheadError('STORE_UNAVAILABLE', 'the answer was lost');
        return result;
      }),
      isHasty,
    );
  const owners = await Promise.all(deeds.map((_, i) => ownerOf(i)));
  const lives = deeds.map((some, i) => owners[i]?.live(some));
  const all = Promise.all([...lives, befall(incidents, turns, place, watch)]);
  await turns.until(all);
  await expectHeir(mutate(await place.writer()), place);
}

/** Whoever comes when all others are dead may go on. */
async function expectHeir(writer: ReadModelWriter, place: ModelPlace): Promise<void> {
  await place.passTime(PASSING_MS.long);
  const heir = new Owner(writer, false);
  await heir.live(['take', 'fold']);
  if (!heir.isServing) throw new Error('nobody may take it over');
}

async function befall(
  incidents: readonly Incident[],
  turns: Turns,
  place: ModelPlace,
  watch: Watch,
): Promise<void> {
  let putBack: (() => Promise<void>) | undefined;
  for (const { kind, after } of incidents) {
    for (let turn = 0; turn < after; turn += 1) await turns.next();
    await turns.take(async () => {
      const isBack = kind === 'put back' || kind === 'put back slowly';
      if (isBack && putBack !== undefined) await putBack();
      else if (isBack || kind === 'save') putBack = await saved(place, watch);
      const ms = PASSING_MS[kind];
      if (ms > 0) await place.passTime(ms);
      watch.pass(ms);
    });
  }
}

/** Keeps the state of the store, and what is known of it; what it gives goes back to both. */
async function saved(
  { save }: ModelPlace,
  watch: Watch,
): Promise<(() => Promise<void>) | undefined> {
  if (save === undefined) return undefined;
  const [putBack, known] = [await save(), watch.save()];
  return async () => {
    await putBack();
    known();
    await watch.look();
  };
}
