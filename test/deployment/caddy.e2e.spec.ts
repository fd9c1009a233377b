import { describeWithPrograms } from '../support/programs.js';
import { withProxy } from '../support/proxied.js';
import { proxiedPagesSuite } from './proxied-pages.suite.js';
import { proxyErrorSuite } from './proxy-errors.suite.js';
import { logSuite, proxySuite } from './proxy.suite.js';

describeWithPrograms(['caddy', 'openssl'], 'the recipe for caddy', () => {
  const under = withProxy('caddy');
  proxySuite(under);
  describe('an answer of its own', () => {
    proxyErrorSuite(under);
  });
  proxiedPagesSuite(under);
  describe('in the end', () => {
    logSuite(under);
  });
});
