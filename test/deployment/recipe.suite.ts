import { describeWithPrograms } from '../support/programs.js';
import { withProxy } from '../support/proxied.js';
import { otherHostsSuite } from './other-hosts.suite.js';
import { proxiedPagesSuite } from './proxied-pages.suite.js';
import { proxyErrorSuite } from './proxy-errors.suite.js';
import { logSuite, proxySuite } from './proxy.suite.js';

/** Walks the recipe for a proxy, as the one way into a server. */
export function describeRecipe(name: Parameters<typeof withProxy>[0]): void {
  describeWithPrograms([name, 'openssl'], `the recipe for ${name}`, () => {
    const under = withProxy(name);
    proxySuite(under);
    describe('a request for another name', () => {
      otherHostsSuite(under);
    });
    describe('an answer of its own', () => {
      proxyErrorSuite(under);
    });
    proxiedPagesSuite(under);
    describe('in the end', () => {
      logSuite(under);
    });
  });
}
