import fc from 'fast-check';
import { plan, runModel } from '../support/life-model.js';
import { MUTANTS, type Mutant } from '../support/life-mutants.js';
import { lifeThatFinds } from '../support/life-search.js';
import { VIOLATIONS } from '../support/life-watch.js';
import { MemoryGenerations } from '../support/memory/memory-generations.js';
import { memoryPlace } from '../support/memory/memory-place.js';
import { seedOfRun } from '../support/random.js';

/** How many lives; FAULT_RUNS asks for another number. */
const RUNS = Number(process.env.FAULT_RUNS ?? 10_000);

/** Lets as many serve, or build, as anybody likes. */
class LaxGenerations extends MemoryGenerations {
  protected override isSound(): boolean {
    return true;
  }
}

test(
  'whatever two owners do and whatever befalls them, what must hold does',
  async () => {
    const seed = seedOfRun();
    console.log(`FAULT_SEED=${String(seed)} FAULT_RUNS=${String(RUNS)}`);
    const holds = fc.asyncProperty(plan, (lives) => runModel(lives, memoryPlace()));
    await fc.assert(holds, { numRuns: RUNS, seed, endOnFailure: true });
  },
  120_000 + RUNS * 100,
);

const LAX = {
  'a store lets two serve': { violates: VIOLATIONS.serving },
  'a store lets two be built': { violates: VIOLATIONS.building },
};

test('every invariant is violated by something', () => {
  const violated = Object.values<Mutant>({ ...MUTANTS, ...LAX }).map(({ violates }) => violates);
  expect(new Set(violated)).toEqual(new Set(Object.values(VIOLATIONS)));
});

describe('the model finds that', () => {
  it.each(Object.entries<Mutant>(MUTANTS))(
    '%s',
    (_, mutant) => expectFound(mutant, MemoryGenerations),
    300_000,
  );
  it.each(Object.entries<Mutant>(LAX))(
    '%s',
    (_, mutant) => expectFound(mutant, LaxGenerations),
    300_000,
  );
});

async function expectFound(mutant: Mutant, kind: typeof MemoryGenerations): Promise<void> {
  const { violates, ...mutation } = mutant;
  const life = await lifeThatFinds(mutant, () => memoryPlace(kind));
  await expect(runModel(life, memoryPlace(kind), mutation)).rejects.toThrow(violates);
}
