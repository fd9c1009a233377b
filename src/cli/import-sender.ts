import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { backOffMs } from '../domain/back-off.js';
import { SECOND_MS } from '../domain/time.js';
import type { Reason } from './bad-lines.js';
import { reasonOf } from '../failure-reason.js';
import type { EventLine } from './import-lines.js';
import { PATIENCE_MS, RETRY } from './patience.js';
import { assertNotMoved } from './server-url.js';

/** The reason why a request is worth another try, and the wait if the server names it. */
interface Later {
  readonly why: string;
  readonly laterMs: number | undefined;
}

/** The lines of a batch that the server refuses, and the receipt of the others, if any. */
interface Refusal {
  readonly reasons: ReadonlyMap<EventLine, Reason>;
  readonly receipt: Receipt | undefined;
}

const RECEIPT = z.object({
  accepted: z.number(),
  duplicates: z.number(),
  conflicting: z.number(),
  position: z.string(),
});

type Receipt = z.infer<typeof RECEIPT>;

/** The outcome of a batch. */
export interface BatchOutcome extends Omit<Receipt, 'position'> {
  /** Undefined if nothing was stored. */
  readonly position: string | undefined;
  /** Keyed by the number of the line. */
  readonly refused: ReadonlyMap<number, Reason>;
}

export interface SenderOptions {
  /** The server's address, without a slash at the end. */
  readonly url: string;
  readonly key: string | undefined;
  /** The advice to give where the server does not accept the key. */
  readonly unknownHint: string;
  /** True if nothing after a refused line may be stored. */
  readonly isStrict: boolean;
  readonly signal: AbortSignal;
}

/** The longest wait for an answer: longer than a server may take. */
const ANSWER_MS_MAX = 120 * SECOND_MS;
const ACCEPTED = 202;
const REFUSED = 400;
const UNKNOWN = 401;
const TOO_FAST = 429;
/** Statuses after which the same request may be sent again. */
const AGAIN: ReadonlySet<number> = new Set([408, 409, 500, 502, 503, 504]);
const REFUSAL = z.object({
  code: z.string(),
  message: z.string(),
  /** The lines that break a rule, with reasons: none of the batch was stored. */
  errors: z
    .array(z.object({ index: z.number(), code: z.string(), message: z.string() }))
    .optional(),
  /** The lines that could not be stored, while all others were. */
  extensions: RECEIPT.extend({
    failed: z.array(z.number()),
    /** Each reason with its lines; an older server names one reason for all. */
    failures: z
      .array(z.object({ code: z.string(), message: z.string(), failed: z.array(z.number()) }))
      .optional(),
  }).optional(),
});
/** The answer of a server too old to know lines without an eventId. */
const TOO_OLD = 'has an unknown member "lineId"';

/** Sends batches of past events to a server, each until it is stored. */
export class ImportSender {
  /** False until the server has answered once: the address may be wrong, so nobody should wait. */
  private hasAnswered = false;

  constructor(private readonly options: SenderOptions) {}

  /**
   * Sends a batch, and the rest of it where the server refuses some lines. Throws an Error where
   * the server cannot be reached or does not let the sender in.
   */
  async send(batch: readonly EventLine[]): Promise<BatchOutcome> {
    const refused = new Map<number, Reason>();
    let rest = batch;
    while (rest.length > 0) {
      const answer = await this.sendPatiently(rest);
      const { reasons, receipt } =
        'reasons' in answer ? answer : { reasons: new Map<EventLine, Reason>(), receipt: answer };
      for (const [{ line }, reason] of reasons) refused.set(line, reason);
      if (receipt !== undefined) {
        const { accepted, duplicates, conflicting, position } = receipt;
        return { accepted, duplicates, conflicting, position, refused };
      }
      const first = rest.findIndex((line) => reasons.has(line));
      rest = this.options.isStrict
        ? rest.slice(0, first)
        : rest.filter((line) => !reasons.has(line));
    }
    return { accepted: 0, duplicates: 0, conflicting: 0, position: undefined, refused };
  }

  /** Sends a batch until its answer is one that no other try would change. */
  private async sendPatiently(batch: readonly EventLine[]): Promise<Receipt | Refusal> {
    const { signal } = this.options;
    let givenUpAt = Date.now() + PATIENCE_MS;
    for (let failures = 0; ; failures += 1) {
      const answer = await this.post(batch);
      if (!('why' in answer)) return answer;
      const { why, laterMs } = answer;
      // A server that names a time to come again is within reach: the patience starts anew.
      if (laterMs !== undefined) givenUpAt = Date.now() + laterMs + PATIENCE_MS;
      const waitMs = laterMs ?? backOffMs(RETRY, failures);
      if (!this.hasAnswered || Date.now() + waitMs > givenUpAt) throw new Error(why);
      await sleep(waitMs, undefined, { signal });
    }
  }

  /** Sends a batch once: a receipt, a refusal, or the reason why another try is worth it. */
  private async post(batch: readonly EventLine[]): Promise<Receipt | Refusal | Later> {
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
      // fetch puts the reason into the cause of its error.
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
      const { errors = [], code, message, extensions } = refusal;
      if (errors.some((error) => error.message.endsWith(TOO_OLD))) {
        throw new Error(`${url} is of an older release than this command: upgrade it first`);
      }
      const failures = extensions?.failures ?? [
        { code, message, failed: extensions?.failed ?? [] },
      ];
      const failed = failures.flatMap(({ failed: lines, ...reason }) =>
        lines.map((index) => ({ index, ...reason })),
      );
      const reasons = reasonsOf(extensions === undefined ? errors : failed, batch);
      if (reasons.size > 0) return { reasons, receipt: extensions };
    }
    throw new Error(why);
  }
}

/** Maps each refused line to the first of its errors. */
function reasonsOf(
  errors: readonly (Reason & { readonly index: number })[],
  batch: readonly EventLine[],
): ReadonlyMap<EventLine, Reason> {
  const reasons = new Map<EventLine, Reason>();
  for (const { index, code, message } of errors) {
    const line = batch[index];
    if (line !== undefined && !reasons.has(line)) reasons.set(line, { code, message });
  }
  return reasons;
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
