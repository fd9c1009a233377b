import { describeRecomputedFigures } from './figures-recomputed.suite.js';

describeRecomputedFigures('memory', 30, () => Promise.resolve({ close: () => Promise.resolve() }));
