import type { AskingTerms } from '../../queries/figures/figures.query.js';
import type { OperationContext } from './operation-context.js';

/** Returns the terms on which the sender of an operation asks. */
export const termsOf = (context: OperationContext): AskingTerms => ({
  readAfter: context.readAfter(),
  charge: (cost) => {
    context.charge(cost);
  },
});
