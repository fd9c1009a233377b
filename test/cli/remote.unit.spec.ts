import { placeOf } from '../../src/cli/remote.js';

const KEY = 'a-key-of-somebody-else';

describe('what is said to who is not known', () => {
  it.each([
    ['read', 'READ_KEY'],
    ['admin', 'ADMIN_KEY'],
  ] as const)('without a %s key says how to give one', (role, name) => {
    const { key, unknownHint } = placeOf({}, {}, role);
    expect(key).toBeUndefined();
    expect(unknownHint).toBe(
      `the server wants a key: export ${name}, or give --key` +
        ' (a variable that is set but not exported does not get here)',
    );
  });

  it.each([
    ['--key', { key: KEY }, { READ_KEY: 'another-key-of-mine' }],
    ['READ_KEY', {}, { READ_KEY: KEY, ADMIN_KEY: 'another-key-of-mine' }],
    ['ADMIN_KEY', {}, { READ_KEY: '', ADMIN_KEY: KEY }],
  ])('with a wrong key says where it is from: %s', (name, options, environment) => {
    const { key, unknownHint } = placeOf(options, environment, 'read');
    expect(key).toBe(KEY);
    expect(unknownHint).toBe(`the key of ${name} is not one of this server's`);
  });
});
