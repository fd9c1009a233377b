import type { AskingTerms } from '../../queries/figures/figures.query.js';
import type { RequestContext } from './request-context.js';

/** Returns the terms on which the sender of a request asks. */
export const termsOf = (context: RequestContext): AskingTerms => ({
  readAfter: context.readAfter(),
  charge: (cost) => {
    context.charge(cost);
  },
});
