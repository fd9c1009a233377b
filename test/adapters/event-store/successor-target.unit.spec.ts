import { EventStoreDBClient } from '@eventstore/db-client';
import { readConnectionString } from '../../../src/adapters/event-store/eventstoredb/connection-string.js';
import { successorTarget } from '../../../src/adapters/event-store/eventstoredb/successor-target.js';

const targetOf = (url: string): ReturnType<typeof successorTarget> =>
  successorTarget(readConnectionString(url).full);

/** What the adapter sets; the successor knows the first of them only. */
const SET_HERE = 'nodepreference=leader&throwonappendfailure=true';

test.each([
  ['esdb://host:2113', `kurrentdb://host:2113?${SET_HERE}`],
  ['esdb://host/', `kurrentdb://host?${SET_HERE}`],
  ['kurrentdb://host:2113/?tls=false', `kurrentdb://host:2113?tls=false&${SET_HERE}`],
  ['kurrentdb+discover://a:1,b', `kurrentdb+discover://a:1,b?${SET_HERE}`],
  ['esdb+discover://cluster.dns:2113', `kurrentdb+discover://cluster.dns:2113?${SET_HERE}`],
  ['esdb://a:1,b:2,c?tls=false', `kurrentdb://a:1,b:2,c?tls=false&${SET_HERE}`],
  [
    'esdb://a?Keep_Alive-Interval=20000&TLSCAFile=/a%20b/c+d.pem',
    `kurrentdb://a?keepaliveinterval=20000&tlscafile=%2Fa%20b%2Fc%2Bd.pem&${SET_HERE}`,
  ],
])('%s is %s to the successor', (url, expected) => {
  expect(targetOf(url)).toEqual({ url: expected });
});

test('the user and the password are told beside it, as they are', () => {
  expect(targetOf('esdb://a%40b:p%3A%2F%3F@host:1?tls=true')).toEqual({
    url: `kurrentdb://host:1?tls=true&${SET_HERE}`,
    credentials: { username: 'a@b', password: 'p:/?' },
  });
});

test.each([
  ['esdb://u:p@host:2113', 'esdb://u:p@host:2113'],
  ['kurrentdb://u:p@host:2113/', 'esdb://u:p@host:2113'],
  [' kurrentdb+discover://host ', 'esdb+discover://host'],
])('%s is %s to the client, which knows no other scheme', (url, expected) => {
  const { full } = readConnectionString(url);
  expect(full).toBe(`${expected}?nodePreference=leader&throwOnAppendFailure=true`);
  expect(() => EventStoreDBClient.connectionString(full)).not.toThrow();
});
