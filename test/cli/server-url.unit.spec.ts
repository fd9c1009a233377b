import { addressFault, serverUrlOf } from '../../src/cli/server-url.js';

test.each([
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
  ['HTTP://Example.org/', 'http://example.org'],
  ['https://example.org:443', 'https://example.org'],
  ['http://[::1]:3000//', 'http://[::1]:3000'],
  ['http://host/playhead/', 'http://host/playhead'],
  ['http://host/playhead', 'http://host/playhead'],
  ['http://host/graphql', 'http://host'],
  ['http://host/playhead/graphql/?query=x#y', 'http://host/playhead'],
  ['http://host/graphiql', 'http://host'],
  ['http://host/stats/events', 'http://host/stats'],
  ['http://host/health/ready', 'http://host'],
  ['http://host/my-events', 'http://host/my-events'],
])('%s is a server at %s', (text, url) => {
  expect(serverUrlOf(text)).toBe(url);
});

test.each([
  '',
  'example.org',
  '127.0.0.1:3000',
  'ftp://host',
  'http://',
  'http://user:pw@host',
  'http://a b',
])('%p is no server', (text) => {
  expect(serverUrlOf(text)).toBeUndefined();
});

test.each(['127.0.0.1:3105', 'localhost:3105', 'example.org/playhead'])(
  'of %p is said that it lacks its scheme',
  (text) => {
    expect(addressFault(text)).toBe(`lacks http:// or https://, as in http://${text}`);
  },
);

test.each(['', 'ftp://host', 'http://user:pw@host', 'user:pw@host', 'http://a b', 'a b'])(
  'of %p is said what an address is',
  (text) => {
    expect(addressFault(text)).toBe('must be an http(s) address without a user in it');
  },
);
