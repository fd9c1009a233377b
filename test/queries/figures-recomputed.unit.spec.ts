import { describeRecomputedFigures } from './figures-recomputed.suite.js';

describeRecomputedFigures('memory', 15, () => Promise.resolve({ close: () => Promise.resolve() }));
