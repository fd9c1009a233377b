import { setTimeout as sleep } from 'node:timers/promises';

interface Answer<T> {
  readonly data: T;
  /** The highest position of the events that a mutation wrote. */
  readonly position: string | undefined;
}

interface Body<T> {
  readonly data?: T | null;
  readonly errors?: readonly { message: string; extensions?: { code?: string } }[];
}

/** Codes of errors that pass with time; every request of the demo may be sent twice. */
const passing = new Set(['OVERLOADED', 'RATE_LIMITED', 'STORE_UNAVAILABLE', 'READ_MODEL_BEHIND']);
const attemptsMax = 6;
const retryDelayMs = 500;

/** A GraphQL client in one method. */
export class PlayheadClient {
  readonly url: string;
  readonly #signal: AbortSignal;

  /** Every request fails once the signal is aborted. */
  constructor(url: string, signal: AbortSignal) {
    this.url = url;
    this.#signal = signal;
  }

  /** Asks for an answer that knows the positions `readAfter`. Errors carry the server's words. */
  async ask<T>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    readAfter: readonly string[] = [],
  ): Promise<Answer<T>> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${this.url}/graphql`, {
        method: 'POST',
        signal: this.#signal,
        headers: {
          'content-type': 'application/json',
          ...(readAfter.length === 0 ? {} : { 'read-after': readAfter.join(',') }),
        },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors = [] } = (await response.json()) as Body<T>;
      if (data && errors.length === 0) {
        return { data, position: response.headers.get('position') ?? undefined };
      }
      const code = errors[0]?.extensions?.code ?? '';
      if (attempt === attemptsMax || !passing.has(code)) {
        const reason = errors[0]?.message ?? `status ${String(response.status)}`;
        throw new Error(`the server refused a request: ${code} ${reason}`);
      }
      await sleep(retryDelayMs * attempt, undefined, { signal: this.#signal });
    }
  }
}
