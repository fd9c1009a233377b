import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SECOND_MS } from '../domain/time.js';
import type { BadLine } from './bad-lines.js';
import { reasonOf } from './failure.js';
import type { EventLine } from './import-lines.js';
import { assertNotMoved } from './server-url.js';

/** How long the server may be out of reach, or too busy, before it is given up. */
const PATIENCE_MS = 60 * SECOND_MS;
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5 * SECOND_MS;
/** Longer than a server may take to answer. */
const ANSWER_MS_MAX = 120 * SECOND_MS;
const ACCEPTED = 202;
const REFUSED = 400;
const UNKNOWN = 401;
const TOO_FAST = 429;
/** Statuses after which the same request may be sent again. */
const AGAIN: ReadonlySet<number> = new Set([408, 409, 500, 502, 503, 504]);

const RECEIPT = z.object({ accepted: z.number(), duplicates: z.number(), position: z.string() });
const REFUSAL = z.object({
  code: z.string(),
  message: z.string(),
  errors: z
    .array(z.object({ index: z.number(), code: z.string(), message: z.string() }))
    .optional(),
  /** Which could not be stored, where all others were. */
  extensions: z.object({ failed: z.array(z.number()) }).optional(),
});

/** Why a request is worth another try, and when, if the server says so. */
interface Later {
  readonly why: string;
  readonly laterMs: number | undefined;
}

export type BatchReceipt = z.infer<typeof RECEIPT>;

/** The server refuses lines of a batch. */
export class LinesRefused extends Error {
  constructor(readonly bad: readonly BadLine[]) {
    super('the server refuses lines of the file');
    this.name = 'LinesRefused';
  }
}

export interface SenderOptions {
  /** Where the server is, without a slash at the end. */
  readonly url: string;
  readonly key: string | undefined;
  /** What to say where the server does not know who asks. */
  readonly unknownHint: string;
  readonly signal: AbortSignal;
}

/** Sends batches of past events to a server, each until it is stored. */
export class ImportSender {
  /** Until it has answered once, the address may be wrong: nobody should wait for that. */
  private hasAnswered = false;

  constructor(private readonly options: SenderOptions) {}

  /** LinesRefused, or an Error where the server cannot be reached or does not let it in. */
  async send(batch: readonly EventLine[]): Promise<BatchReceipt> {
    const { signal } = this.options;
    let givenUpAt = Date.now() + PATIENCE_MS;
    for (let retryMs = RETRY_MS_MIN; ; retryMs = Math.min(RETRY_MS_MAX, 2 * retryMs)) {
      const answer = await this.post(batch);
      if (!('why' in answer)) return answer;
      const { why, laterMs } = answer;
      // What the server says itself that it will take is no lack of an answer.
      if (laterMs !== undefined) givenUpAt = Date.now() + laterMs + PATIENCE_MS;
      const waitMs = laterMs ?? retryMs;
      if (!this.hasAnswered || Date.now() + waitMs > givenUpAt) throw new Error(why);
      await sleep(waitMs, undefined, { signal });
    }
  }

  /** The receipt, or why it is worth another try. */
  private async post(batch: readonly EventLine[]): Promise<BatchReceipt | Later> {
    const { url, key, signal } = this.options;
    let response: Response;
    let body: string;
    try {
      response = await fetch(`${url}/events`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-ndjson',
          import: 'past',
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
        },
        redirect: 'manual',
        body: batch.map(({ json }) => json).join('\n'),
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
      });
      body = await response.text();
    } catch (error) {
      signal.throwIfAborted();
      // fetch says why in the cause of its error.
      const why = reasonOf(error instanceof Error ? (error.cause ?? error) : error);
      return { why: `${url} does not answer: ${why}`, laterMs: undefined };
    }
    this.hasAnswered = true;
    assertNotMoved(response, url);
    if (response.status === ACCEPTED) return RECEIPT.parse(jsonOf(body));
    const refusal = REFUSAL.safeParse(jsonOf(body)).data;
    if (response.status === UNKNOWN && refusal !== undefined) {
      throw new Error(`${this.options.unknownHint} (${refusal.code})`);
    }
    const said =
      refusal === undefined ? 'nothing of Playhead' : `${refusal.code}, ${refusal.message}`;
    const why = `${url} answers ${String(response.status)}: ${said}`;
    if (response.status === TOO_FAST) return { why, laterMs: retryAfterOf(response) };
    if (AGAIN.has(response.status)) return { why, laterMs: undefined };
    if (response.status === REFUSED && refusal !== undefined) {
      const { errors, code, message, extensions } = refusal;
      const failed = extensions?.failed.map((index) => ({ index, code, message }));
      const bad = errors ?? failed;
      if (bad !== undefined) throw refusedOf(bad, batch);
    }
    throw new Error(why);
  }
}

function refusedOf(
  errors: readonly { readonly index: number; readonly code: string; readonly message: string }[],
  batch: readonly EventLine[],
): LinesRefused {
  return new LinesRefused(
    errors.map(({ index, code, message }) => ({ line: batch[index]?.line ?? 0, code, message })),
  );
}

function retryAfterOf({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) ? seconds * SECOND_MS : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
