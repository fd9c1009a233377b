import fc from 'fast-check';
import { MemoryGenerations } from '../support/memory/memory-generations.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import type { GenerationWrite, StoredDocument } from '../../src/ports/read-model/documents.js';
import type { Generation } from '../../src/ports/read-model/generation.js';
import type { EndedRebuild, RecordChange } from '../../src/ports/read-model/records.js';
import {
  plan,
  runModel,
  VIOLATIONS,
  type ModelPlace,
  type Mutation,
  type Plan,
} from '../support/life-model.js';
import { seedOfRun } from '../support/random.js';
import { SettableClock } from '../support/settable-clock.js';
import { WriterView } from '../../src/ports/read-model/writer-view.js';

/** How many lives; FAULT_RUNS asks for another number. */
const RUNS = Number(process.env.FAULT_RUNS ?? 10_000);
/** A mutation that so many lives do not find is not found. */
const MUTANT_RUNS = Number(process.env.MUTANT_RUNS ?? 20_000);

function memoryPlace(Kind = MemoryGenerations): ModelPlace {
  const clock = new SettableClock(0);
  const generations = new Kind(clock);
  return {
    writer: () => Promise.resolve(new MemoryReadModelStore({ clock }, generations)),
    passTime: (ms) => {
      clock.advance(ms);
      return Promise.resolve();
    },
    save: () => {
      const putBack = generations.save();
      return Promise.resolve(() => {
        putBack();
        return Promise.resolve();
      });
    },
  };
}

/**
 * An owner that has lost its claim reads what the next one wrote; then the store is put back to
 * where the claim was there.
 */
const READ_BEFORE_PUT_BACK: Plan = {
  deeds: [
    ['fold', 'fold', 'fold', 'begin', 'take', 'fold', 'fold', 'take', 'fold', 'build'],
    [
      ...(['fold', 'fold', 'build', 'take', 'promote', 'fold', 'build', 'take'] as const),
      ...(['fold', 'take', 'back', 'build', 'build', 'promote', 'build', 'build'] as const),
    ],
  ],
  incidents: [
    { kind: 'long', after: 12 },
    { kind: 'put back', after: 0 },
    { kind: 'save', after: 8 },
    { kind: 'put back', after: 12 },
    { kind: 'put back', after: 2 },
    { kind: 'put back', after: 1 },
  ],
  lost: new Set(),
  seed: -209_417_769,
};

/** Lets as many serve, or build, as anybody likes. */
class LaxGenerations extends MemoryGenerations {
  protected override isSound(): boolean {
    return true;
  }
}

const holds = (mutation: Mutation = {}, kind: typeof MemoryGenerations = MemoryGenerations) =>
  fc.asyncProperty(plan, (lives) => runModel(lives, memoryPlace(kind), mutation));

test(
  'whatever two owners do and whatever befalls them, what must hold does',
  async () => {
    const seed = seedOfRun();
    console.log(`FAULT_SEED=${String(seed)} FAULT_RUNS=${String(RUNS)}`);
    await fc.assert(holds(), {
      ...{ numRuns: RUNS, seed, endOnFailure: true },
      examples: [[READ_BEFORE_PUT_BACK]],
    });
  },
  120_000 + RUNS * 100,
);

/** Loads for whoever asks, whether it has the claim or not. */
class Lenient extends WriterView {
  override async load(
    generation: Generation,
    keys: readonly string[],
  ): Promise<readonly StoredDocument[]> {
    return super.load((await this.found(generation)) ?? generation, keys);
  }

  protected async found({ projection, number }: Generation): Promise<Generation | undefined> {
    const { generations } = await this.writer.records([projection]);
    return generations.find((one) => one.number === number);
  }
}

/** Commits, too, by what the store says of a generation, in place of what its owner believes. */
class Credulous extends Lenient {
  constructor(
    writer: ConstructorParameters<typeof WriterView>[0],
    private readonly believed: (found: Generation) => Partial<Generation>,
  ) {
    super(writer);
  }

  override async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const found = await this.found(generation);
    const { fence, identity } = generation;
    const believed = found === undefined ? {} : this.believed(found);
    const committed = await super.commit({ ...generation, ...believed }, write);
    return { ...committed, fence, identity };
  }
}

/** Makes something else of what was decided. */
class Careless extends WriterView {
  constructor(
    writer: ConstructorParameters<typeof WriterView>[0],
    private readonly remake: (change: RecordChange) => RecordChange,
  ) {
    super(writer);
  }

  override write(changes: readonly RecordChange[], ended?: EndedRebuild): Promise<boolean> {
    return super.write(
      changes.map((one) => this.remake(one)),
      ended,
    );
  }
}

const storeWith = (believed: (found: Generation) => Partial<Generation>): Mutation => ({
  writer: (writer) => new Credulous(writer, believed),
});
const fencesFromOne: Mutation = {
  writer: (writer) =>
    new Careless(writer, (change) =>
      change.claim === 'release' && change.after !== undefined
        ? { ...change, after: { ...change.after, fence: 1 } }
        : change,
    ),
};

describe('the model finds that', () => {
  it.each<[string, RegExp, Mutation, typeof MemoryGenerations]>([
    [
      'a store forgets whose claim it is',
      VIOLATIONS.claims,
      storeWith(({ fence, identity }) => ({ fence, identity })),
      MemoryGenerations,
    ],
    [
      'a store forgets the identity',
      VIOLATIONS.claims,
      storeWith(({ identity }) => ({ identity })),
      MemoryGenerations,
    ],
    [
      'a store forgets the checkpoint',
      VIOLATIONS.counts,
      storeWith(({ checkpoint }) => ({ checkpoint })),
      MemoryGenerations,
    ],
    ['what is behind is let serve', VIOLATIONS.readers, { isHasty: true }, MemoryGenerations],
    ['a release gives fences away again', VIOLATIONS.fences, fencesFromOne, MemoryGenerations],
    ['a store lets two serve', VIOLATIONS.serving, {}, LaxGenerations],
    ['a store lets two be built', VIOLATIONS.building, {}, LaxGenerations],
  ])(
    '%s',
    async (_, violation, mutation, kind) => {
      for (let runs = 0, seed = 1; runs < MUTANT_RUNS; runs += 100, seed += 1) {
        const options = { numRuns: 100, seed, endOnFailure: true } as const;
        const { errorInstance } = await fc.check(holds(mutation, kind), options);
        if (violation.test(String(errorInstance))) return;
      }
      throw new Error('the model does not find it');
    },
    300_000,
  );

  test('a store loads for who has lost its claim', async () => {
    const lenient: Mutation = { writer: (writer) => new Lenient(writer) };
    const life = runModel(READ_BEFORE_PUT_BACK, memoryPlace(), lenient);
    await expect(life).rejects.toThrow(VIOLATIONS.counts);
  });
});
