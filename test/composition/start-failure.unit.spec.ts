import { explainFailure } from '../../src/composition/start-failure.js';

test.each([
  ['an error of several lines', new Error('one\n  two'), 'one; two'],
  ['several errors in one', new AggregateError([new Error('a'), new Error('b')]), 'a; b'],
  ['an error that says nothing', Object.assign(new Error(''), { code: 'ODD' }), 'ODD'],
  ['what is no error', { rc: 13 }, '{ rc: 13 }'],
])('a start that fails says so in one line: %s', (_, error, message) => {
  expect(explainFailure(error, { dataDir: '/data' })).toEqual({ message, status: 69 });
});
