import { GraphQLError } from 'graphql';
import { answerErrors } from '../../../src/api/graphql/answer-errors.js';
import { codedError } from '../../../src/api/graphql/graphql-errors.js';
import { parseDocument } from '../../../src/api/graphql/read-document.js';
import { badInput } from '../../../src/domain/errors.js';

type Answering = Parameters<typeof answerErrors>[1];
const answering = { reply: { request: { headers: {} } } } as unknown as Answering;

const errorsOf = (count: number, length: number, character = 'x') => {
  const error = codedError(badInput('field', character.repeat(length)));
  const errors = Array.from({ length: count }, () => error);
  return answerErrors(errors, answering, null).body.errors ?? [];
};

describe('the errors of an answer', () => {
  it('are all listed while they are few', () => {
    expect(errorsOf(100, 200)).toHaveLength(100);
  });

  it.each(['x', '€'])(
    'take 64 KiB at most, and then say how many are left out: %s',
    (character) => {
      const errors = errorsOf(5_000, 200, character);
      expect(Buffer.byteLength(JSON.stringify(errors))).toBeLessThan(2 ** 16 + 1_000);
      expect(errors.length).toBeGreaterThan(90);
      expect(errors.at(-1)).toEqual({
        message: `${String(5_000 - errors.length + 1)} more errors are not listed`,
        extensions: { code: 'BAD_USER_INPUT' },
      });
    },
  );

  it('name the places of their nodes in the document', () => {
    const document = parseDocument('\r\n\n  { a }\nfragment F on Query { b }');
    if (document instanceof GraphQLError) throw document;
    const error = codedError(badInput('field', 'is wrong'), document.definitions);
    expect(answerErrors([error], answering).body.errors?.[0]?.locations).toEqual([
      { line: 3, column: 3 },
      { line: 4, column: 1 },
    ]);
  });

  it('name the place where a document is not well formed', () => {
    const error = parseDocument('{\n  a(\n}');
    if (!(error instanceof GraphQLError)) throw new Error('it was parsed');
    expect(answerErrors([error], answering).body.errors?.[0]?.locations).toEqual([
      { line: 3, column: 1 },
    ]);
  });
});
