import { PlayheadError, type ErrorCode } from '../domain/errors.js';

/** What comes of an order to another thread, as plain data. */
export type Answer =
  | { readonly result: unknown }
  | { readonly failure: { readonly code: ErrorCode | undefined; readonly message: string } };

/** Does something whose result or failure another thread is to get. */
export const answerTo = (work: () => Promise<unknown>): Promise<Answer> =>
  work().then(
    (result) => ({ result }),
    (error: unknown) => {
      const code = error instanceof PlayheadError ? error.code : undefined;
      return {
        failure: { code, message: error instanceof Error ? error.message : String(error) },
      };
    },
  );

/** The result of an order, or its failure, thrown. */
export function resultOf(answer: Answer): unknown {
  if ('result' in answer) return answer.result;
  const { code, message } = answer.failure;
  throw code === undefined ? new Error(message) : new PlayheadError(code, message);
}
