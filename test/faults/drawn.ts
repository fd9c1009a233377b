import { seedOfRun, SeededRandom } from '../support/random.js';
import { noteSkipped } from '../support/test-run.js';

/** Registers a test, as `test` does. */
type Register = (title: string, run: () => Promise<void>, timeoutMs: number) => void;

/**
 * For tests of which a run makes only some, drawn by chance: all of them take longer than each run
 * has. Whoever names FAULT_ROUNDS or FAULT_SEED gets all.
 */
export function testsDrawn(wanted: number, of: number): Register {
  const { FAULT_ROUNDS, FAULT_SEED } = process.env;
  if ((FAULT_ROUNDS ?? FAULT_SEED) !== undefined) return test;
  noteSkipped('trials of faults that were not drawn (FAULT_ROUNDS=1 makes all)');
  const lots = Array.from({ length: of }, (_, i) => i < wanted);
  const order = [...new SeededRandom(seedOfRun()).shuffled(lots)];
  return (title, run, timeoutMs) => {
    const isDrawn = order.shift();
    if (isDrawn === undefined) throw new Error(`there are more than ${String(of)} tests`);
    (isDrawn ? test : test.skip)(title, run, timeoutMs);
  };
}
