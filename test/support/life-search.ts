import fc from 'fast-check';
import type { Mutant } from './life-mutants.js';
import { plan, runModel, type ModelPlace, type Plan } from './life-model.js';
import { memoryPlace } from './memory/memory-place.js';

/** A mutation that so many lives do not find is not found. */
const LIVES_MAX = Number(process.env.MUTANT_RUNS ?? 20_000);
const LIVES = 100;

/** A life in which a mutation violates what it is said to; the same one each time. */
export async function lifeThatFinds(
  { violates, ...mutation }: Mutant,
  newPlace: () => ModelPlace = memoryPlace,
): Promise<Plan> {
  const holds = fc.asyncProperty(plan, (lives) => runModel(lives, newPlace(), mutation));
  for (let seed = 1; seed <= LIVES_MAX / LIVES; seed += 1) {
    const options = { numRuns: LIVES, seed, endOnFailure: true } as const;
    const { counterexample, errorInstance } = await fc.check(holds, options);
    if (counterexample !== null && violates.test(String(errorInstance))) return counterexample[0];
  }
  throw new Error('the model does not find it');
}
