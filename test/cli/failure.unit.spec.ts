import { explainFailure, Refused, WrongUsage } from '../../src/cli/failure.js';

describe('why a command ended', () => {
  it.each([
    ['an error of several lines', new Error('one\n  two'), 'one; two'],
    ['an error that says nothing', Object.assign(new Error(''), { code: 'EIO' }), 'EIO'],
    [
      'several errors in one',
      new AggregateError([new Error('a'), new Error('b'), new Error('a')]),
      'a; b',
    ],
    ['what is no error', { rc: 13 }, '{ rc: 13 }'],
    ['a text', 'broken', 'broken'],
    ['nothing', undefined, 'undefined'],
  ])('is said in one line: %s', (_, error, message) => {
    expect(explainFailure(error)).toEqual({ message, status: 1 });
  });

  it.each([
    [new WrongUsage('x'), 2],
    [new Refused('x', 'NOT_FOUND'), 2],
    [new Refused('x', 'FORBIDDEN'), 1],
    [new Error('x'), 1],
  ])('is a wrong call where another one may do: %p', (error, status) => {
    expect(explainFailure(error).status).toBe(status);
  });
});
