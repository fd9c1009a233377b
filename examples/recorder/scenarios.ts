import type { Scenario } from './scenario.js';
import { BAD_COLLECTORS, BAD_LINES } from './troubles.js';
import { LEAVING, WATCHING } from './watching.js';

export const SCENARIOS: readonly Scenario[] = [
  ...WATCHING,
  ...BAD_LINES,
  ...LEAVING,
  ...BAD_COLLECTORS,
];

/** Those that every change is tried with; the first is shorter there. */
const FEW = ['plain', 'pause', 'seek', 'stall', 'close'];
export const FEW_SCENARIOS: readonly Scenario[] = SCENARIOS.filter(({ name }) =>
  FEW.includes(name),
).map((one) =>
  one.name === 'plain' ? { ...one, says: 'play to the end (10 s)', titles: ['short'] } : one,
);
