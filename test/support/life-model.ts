import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { PlayheadError } from '../../src/domain/errors.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationRecord,
  type RebuildOutcome,
} from '../../src/ports/read-model/generation.js';
import type { RecordChange } from '../../src/ports/read-model/records.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import type { Generations } from '../../src/projector/generations.js';
import { generationsOf, put, puts, spec } from '../contracts/read-model-store.js';
import { intercept } from './interception.js';
import { SeededRandom } from './random.js';

/** What an owner tries next, with what it believes to hold. */
type Deed =
  | 'take'
  | 'fold'
  | 'build'
  | 'begin'
  | 'offer'
  | 'join'
  | 'promote'
  | 'back'
  | 'abandon'
  | 'sweep'
  | 'keep'
  | 'release';

/** What happens to the store, besides what its owners do, so many turns after the one before. */
interface Incident {
  readonly kind: 'short' | 'long' | 'save' | 'put back';
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
  { weight: 3, arbitrary: fc.constantFrom('offer', 'join', 'promote') },
  { weight: 1, arbitrary: fc.constantFrom('back', 'abandon', 'sweep', 'keep', 'release') },
];

/** Lives of two owners at one store, and what befalls that meanwhile. */
export const plan: fc.Arbitrary<Plan> = fc.record({
  deeds: fc.array(fc.array(fc.oneof(...DEEDS), { minLength: 4, maxLength: 20 }), {
    minLength: 2,
    maxLength: 2,
  }),
  incidents: fc.array(
    fc.record({
      kind: fc.constantFrom<Incident['kind']>('short', 'long', 'save', 'put back', 'put back'),
      after: fc.nat(15),
    }),
    { maxLength: 8 },
  ),
  lost: fc.uniqueArray(fc.nat(80), { maxLength: 3 }).map((calls) => new Set(calls)),
  seed: fc.integer(),
});

/** What the watch says of what must not be. */
export const VIOLATIONS = {
  counts: /counts twice or not at all/,
  serving: /more than one serves/,
  building: /more than one is built/,
  readers: /readers went back/,
  fences: /a fence fell/,
  claims: /written by an owner that has lost it/,
} as const;

/** A place that owners share, as the model needs it. */
export interface ModelPlace {
  writer(): Promise<ReadModelWriter>;
  passTime(ms: number): Promise<void>;
  /** Keeps the state of the store; what it gives puts that back. Undefined: it cannot. */
  readonly save: (() => Promise<() => Promise<void>>) | undefined;
}

const END: RebuildOutcome = { kind: 'switched', at: 0, detail: '' };
const KEY = 'count';
const SHORT_MS = 1_000;
const LONG_MS = 7_000;

/** How many events a document has counted. */
interface Count {
  readonly n: number;
}

/** One of those who share a store, by its own belief. */
class Owner {
  private readonly generations: Generations;
  private serving: Generation | undefined;
  private building: Generation | undefined;

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
        this.serving = undefined;
        this.building = undefined;
      }
    }
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
        if (this.building !== undefined) await this.generations.offer(this.building);
        this.building = undefined;
        return;
      case 'join':
        return this.acquireBuilding('ready');
      case 'promote':
        return this.promote();
      case 'abandon':
        await this.generations.abandon(spec, END);
        return;
      case 'sweep':
        return this.generations.sweep([spec]);
      case 'keep':
        if (this.serving !== undefined) await this.writer.keep(this.serving);
        return;
      case 'release':
        return this.release();
    }
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

  /** Brings what is ready to where the serving one is, then lets it serve. */
  private async promote(): Promise<void> {
    const { serving } = this;
    if (serving === undefined || this.building === undefined) return;
    while (!this.isHasty && this.building.checkpoint < serving.checkpoint) {
      this.building = await this.fold(this.building);
    }
    if (!this.isHasty && this.building.checkpoint !== serving.checkpoint) return;
    await this.generations.promote(serving, this.building, END);
    this.serving = this.building;
    this.building = undefined;
  }

  private async release(): Promise<void> {
    await this.generations.release([this.serving, this.building].flatMap((one) => one ?? []));
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

/** What must hold at every moment; the message says what does not. */
class Watch {
  private readonly fences = new Map<string, number>();
  private owners = new Map<string, number>();
  private served: { readonly number: number; readonly checkpoint: number } | undefined;

  constructor(private readonly writer: ReadModelWriter) {}

  async look(): Promise<void> {
    const { generations } = await this.writer.records([spec.projection]);
    const count = (...states: readonly string[]): number =>
      generations.filter(({ state }) => states.includes(state)).length;
    if (count('serving') > 1) throw new Error('more than one serves');
    if (count('building', 'ready') > 1) throw new Error('more than one is built');
    for (const record of generations) await this.lookAt(record);
    const serving = generations.find(({ state }) => state === 'serving');
    if (serving === undefined) return;
    const { number, checkpoint } = serving;
    if (checkpoint < (this.served?.checkpoint ?? 0)) throw new Error('readers went back');
    this.served = { number, checkpoint };
  }

  /** Notes who has acquired what, and that nobody else writes it. */
  note(owner: number, step: string, [first]: readonly unknown[], result: unknown): void {
    if (step === 'write' && result === true) {
      for (const { claim, after } of first as readonly RecordChange[]) {
        if (claim === 'acquire' && after !== undefined) this.owners.set(nameOf(after), owner);
      }
    }
    if (step === 'commit' && this.owners.get(nameOf(first as Generation)) !== owner) {
      throw new Error('a generation is written by an owner that has lost it');
    }
  }

  /** Keeps what it knows of the state of a store; what it gives goes back to that. */
  save(): () => void {
    const owners = new Map(this.owners);
    return () => {
      this.owners = owners;
      this.served = undefined;
      this.fences.clear();
    };
  }

  private async lookAt(record: GenerationRecord): Promise<void> {
    const { fence, checkpoint, state } = record;
    const name = nameOf(record);
    if (fence < (this.fences.get(name) ?? 0)) throw new Error('a fence fell');
    this.fences.set(name, fence);
    if (state === 'removed') return;
    const [found] = await this.writer.load(record, [KEY]);
    const n = (found?.body as Count | undefined)?.n ?? 0;
    if (n !== checkpoint) {
      throw new Error(`an event counts twice or not at all: ${String(n)} at ${String(checkpoint)}`);
    }
  }
}

const nameOf = ({ number, identity }: Generation): string =>
  `${String(number)} ${String(identity)}`;

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
          const answer = await call();
          watch.note(i, step, parameters, answer);
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
      if (kind === 'save') putBack = await saved(place, watch);
      else if (kind === 'put back') await putBack?.();
      else await place.passTime(kind === 'short' ? SHORT_MS : LONG_MS);
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
