import { documentOf, variablesOf, type Question } from './document.js';

/** What became of a question that was not answered: the code of docs/errors.md, or OFFLINE. */
export class AskError extends Error {
  override readonly name = 'AskError';

  constructor(
    readonly code: string,
    message: string,
    /** Where the server says when to come again. */
    readonly retryAfterSeconds?: number,
    /** The part that failed, where one is named. */
    readonly part?: string,
  ) {
    super(message);
  }
}

/** Says what went wrong, with its code where it has one. */
export const faultText = (error: unknown): string =>
  error instanceof AskError ? `${error.code}: ${error.message}` : String(error);

/** The codes of what passes by itself. */
const PASSING = ['READ_MODEL_BEHIND', 'OVERLOADED', 'RATE_LIMITED', 'OFFLINE'];

export const isPassing = ({ code }: AskError): boolean => PASSING.includes(code);

/** The codes of a key that is refused: so is whatever else is asked with it. */
const OF_KEY = ['UNAUTHENTICATED', 'FORBIDDEN'];

export interface AskOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** A position that the answer must have come to. */
  readonly readAfter?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly kind?: 'query' | 'mutation';
  readonly fetch?: typeof fetch;
}

interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly retryAfterSeconds?: number };
}

/** Asks the server; throws AskError, or the signal's reason. */
export async function ask<Data>(question: Question, options: AskOptions): Promise<Data> {
  const { headers, readAfter, signal, kind, fetch: send = fetch } = options;
  const body = JSON.stringify({
    query: documentOf(question.parts, kind),
    variables: variablesOf(question.parts, question.variables),
  });
  let response: Response;
  let answer: GraphqlAnswer<Data>;
  try {
    response = await send('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...headers,
        ...(readAfter !== undefined && { 'read-after': readAfter }),
      },
      body,
      signal: signal ?? null,
    });
    answer = (await response.json()) as GraphqlAnswer<Data>;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new AskError('OFFLINE', error instanceof Error ? error.message : String(error));
  }
  const fault = faultIn(answer, response);
  if (fault !== undefined) throw fault;
  return answer.data as Data;
}

/** What a server answers. */
export interface GraphqlAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphqlError[];
  /** Of an answer that is no GraphQL. */
  readonly code?: string;
  readonly message?: string;
}

/** Returns what an answer says that went wrong, if anything did. */
export function faultIn(
  answer: GraphqlAnswer<unknown>,
  response?: Pick<Response, 'ok' | 'status' | 'statusText' | 'headers'>,
): AskError | undefined {
  const [error] = answer.errors ?? [];
  if (error === undefined && response?.ok !== false && answer.data != null) return undefined;
  const header = response?.headers.get('retry-after') ?? null;
  const seconds = error?.extensions?.retryAfterSeconds ?? (header === null ? NaN : Number(header));
  const code = error?.extensions?.code ?? answer.code ?? `HTTP ${String(response?.status)}`;
  const message = error?.message ?? answer.message ?? response?.statusText ?? '';
  const [part] = error?.path ?? [];
  return new AskError(
    code,
    message,
    Number.isFinite(seconds) ? seconds : undefined,
    typeof part === 'string' ? part : undefined,
  );
}

/** Reads from an answer with a status of failure what went wrong. */
export async function faultOf(response: Response): Promise<AskError> {
  const answer = (await response.json().catch(() => ({}))) as GraphqlAnswer<unknown>;
  return faultIn(answer, response) ?? new AskError(`HTTP ${String(response.status)}`, '');
}

/**
 * Asks for all parts in one request. Where one of them fails, asks again without it, so that the
 * others are answered; what passes by itself fails them all, and so does the key, as another
 * request would be refused as well. Returns what came, and what failed by its part.
 */
export async function askParts<Data extends object>(
  question: Question,
  options: AskOptions,
): Promise<{ data: Partial<Data>; errors: Readonly<Record<string, AskError>> }> {
  const errors: Record<string, AskError> = {};
  for (;;) {
    const left = Object.entries(question.parts).filter(([name]) => !(name in errors));
    if (left.length === 0) return { data: {}, errors };
    try {
      const parts = Object.fromEntries(left);
      return { data: await ask<Data>({ ...question, parts }, options), errors };
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      const isOfAll = isPassing(error) || OF_KEY.includes(error.code);
      const isOfOne = !isOfAll && left.some(([name]) => name === error.part);
      for (const [name] of left) {
        if (!isOfOne || name === error.part) errors[name] = error;
      }
    }
  }
}
