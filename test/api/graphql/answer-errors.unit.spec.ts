import { answerErrors, codedError } from '../../../src/api/graphql/answer-errors.js';
import { badInput } from '../../../src/domain/errors.js';

type Answering = Parameters<typeof answerErrors>[1];
const answering = { reply: { request: { headers: {} } } } as unknown as Answering;

const errorsOf = (count: number, length: number) => {
  const error = codedError(badInput('field', 'x'.repeat(length)));
  const errors = Array.from({ length: count }, () => error);
  return answerErrors(errors, answering, null).body.errors ?? [];
};

describe('the errors of an answer', () => {
  it('are all listed while they are few', () => {
    expect(errorsOf(100, 200)).toHaveLength(100);
  });

  it('take 64 KiB at most, and then say how many are left out', () => {
    const errors = errorsOf(5_000, 200);
    expect(JSON.stringify(errors).length).toBeLessThan(2 ** 16 + 1_000);
    expect(errors.length).toBeGreaterThan(100);
    expect(errors.at(-1)).toEqual({
      message: `${String(5_000 - errors.length + 1)} more errors are not listed`,
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});
