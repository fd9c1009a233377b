import { messageWithCauses, PlayheadError } from '../../src/domain/errors.js';

describe('what an error says of its causes', () => {
  it('is one line, the outermost first', () => {
    const refused = new Error('connect ECONNREFUSED 127.0.0.1:2113');
    const cause = new Error('EventStoreDB at 127.0.0.1:2113\n  cannot be reached', {
      cause: refused,
    });
    const error = Object.assign(new PlayheadError('STORE_UNAVAILABLE', 'out of reach'), { cause });
    expect(messageWithCauses(error)).toBe(
      'out of reach: EventStoreDB at 127.0.0.1:2113; cannot be reached: ' +
        'connect ECONNREFUSED 127.0.0.1:2113',
    );
  });

  it('says nothing twice, and comes to an end', () => {
    const loop = new Error('around');
    loop.cause = new Error('around we go', { cause: loop });
    expect(messageWithCauses(loop)).toBe('around: around we go');
    const deep = Array.from({ length: 100 }).reduce<Error>(
      (cause, _, i) => new Error('<'.repeat(100 - i), { cause }),
      new Error('end'),
    );
    expect(messageWithCauses(deep).length).toBeLessThan(100);
  });

  it.each([
    ['a text', 'a text'],
    [{ message: 'as a thread tells it' }, 'as a thread tells it'],
    [new Error('', { cause: 'only a cause' }), 'only a cause'],
    [undefined, ''],
  ])('are found in whatever was thrown: %j', (thrown, line) => {
    expect(messageWithCauses(thrown)).toBe(line);
  });
});
