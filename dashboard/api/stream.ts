import { computed, signal } from '@preact/signals';
import { createClient, NetworkError, type Client } from 'graphql-sse';
import { AskError, faultIn, faultOf, type GraphqlAnswer } from './ask.js';
import { key, keyHeaders, noteRefusal } from './key.js';
import type { Freshness } from './schema.js';

/** How far the server has counted, as far as is known. */
export const moved = signal<Freshness | undefined>(undefined);

/** What a stream of `advanced` has said. */
export interface Heard {
  /** One that is opened again is another one: in between nothing was heard. */
  readonly stream: object;
  /** How often it said that the server has moved on. */
  readonly words: number;
  readonly position: string;
}
export const heard = signal<Heard | undefined>(undefined);

/** Takes a word of the open stream, which says how far the server is. */
export function hear(position: string, isFirst: boolean): void {
  const { stream = {}, words = -1 } = (isFirst ? undefined : heard.peek()) ?? {};
  heard.value = { stream, words: words + 1, position };
}

/** Whether the stream that is open tells how far the server is: then answers do not. */
let isTelling = false;
/**
 * From this lag on the stream says when it doubles, and when it is over: the next word of a smaller
 * one may never come, as it is no news that nothing is behind.
 */
export const LAG_SECONDS = 5;
/** Lets the lag grow until the stream tells another one. */
let ticking: ReturnType<typeof setInterval> | undefined;

/** Takes what an answer says of how far the server is: a stream knows better. */
export function takeFreshness(freshness: Freshness): void {
  if (!isTelling) moved.value = freshness;
}

/** Takes what the open stream says of how far the server is. */
export function tellFreshness(freshness: Freshness): void {
  hush();
  isTelling = true;
  moved.value = freshness;
  const { lagSeconds } = freshness;
  const toldMs = performance.now();
  if (lagSeconds < LAG_SECONDS) return;
  ticking = setInterval(() => {
    const sinceSeconds = (performance.now() - toldMs) / 1_000;
    moved.value = { ...freshness, lagSeconds: lagSeconds + sinceSeconds };
  }, 1_000);
}

/** From here on nobody tells. */
function hush(): void {
  clearInterval(ticking);
  isTelling = false;
}

/**
 * Why the stream that is wanted broke off, or was refused, where it has told nothing since; of
 * errors with one code the first one.
 */
export const unfollowed = signal<AskError | undefined>(undefined);
/** Whether it broke off: the server may be out of reach. */
export const isLost = computed(() => unfollowed.value?.code === 'OFFLINE');

/** Opens a stream that broke off and waits for its next try. */
let reopen: (() => void) | undefined;

/** Takes that the server is in reach again. One that was refused waits as long as it was told. */
export function wakeStream(): void {
  if (isLost.peek()) reopen?.();
}

/** What a stream asks for. */
export interface Subscription {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

const RETRY_MS = 500;
const RETRY_MS_MAX = 30_000;

let client: Client | undefined;

const clientNow = (): Client =>
  (client ??= createClient({ url: '/graphql', headers: keyHeaders, retryAttempts: 0 }));

/** Takes what a stream says. */
export interface Listener<Data> {
  /** `isFirst`: it is the first word since the stream was opened, or opened again. */
  readonly onNext: (data: Data, isFirst: boolean) => void;
  /** Is told why there is no stream; it is opened again by itself. */
  readonly onFault?: (error: AskError) => void;
}

/**
 * Follows a subscription while the tab is seen: hidden, it holds no stream. Returns what ends it.
 * Whoever subscribes has ended the one before: there is one stream a tab.
 */
export function follow<Data>(asked: Subscription, listener: Listener<Data>): () => void {
  const { open, shut } = streamOf(asked, listener);
  const onVisibility = (): void => {
    if (document.hidden) shut();
    else open();
  };
  // Of its own: the stream before may end only after this one began.
  const onOnline = (): void => {
    wakeStream();
  };
  document.addEventListener('visibilitychange', onVisibility);
  addEventListener('online', onOnline);
  const endKey = key.subscribe(() => {
    shut();
    open();
  });
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    removeEventListener('online', onOnline);
    endKey();
    shut();
  };
}

interface Stream {
  /** Opens it where it is not open. One that breaks off, or is refused, is opened again. */
  readonly open: () => void;
  readonly shut: () => void;
}

function streamOf<Data>(
  { query, variables = {} }: Subscription,
  { onNext, onFault }: Listener<Data>,
): Stream {
  let close: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  const open = (): void => {
    clearTimeout(timer);
    if (close !== undefined || document.hidden) return;
    let isFirst = true;
    const fail = (error: AskError): void => {
      if (close !== end) return;
      drop();
      if (unfollowed.peek()?.code !== error.code) unfollowed.value = error;
      noteRefusal(error.code);
      onFault?.(error);
      const backoffMs = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** tries);
      timer = setTimeout(open, (error.retryAfterSeconds ?? 0) * 1_000 || backoffMs);
      reopen = open;
      tries += 1;
    };
    const end = clientNow().subscribe<Data>(
      { query, variables },
      {
        next: (result) => {
          const error = faultIn(result as GraphqlAnswer<Data>);
          if (error !== undefined) fail(error);
          else if (close === end) {
            tries = 0;
            unfollowed.value = undefined;
            onNext(result.data as Data, isFirst);
            isFirst = false;
          }
        },
        error: (fault) => {
          void streamFault(fault).then(fail);
        },
        // A server that ends for good completes its streams: another one may be there soon.
        complete: () => {
          fail(new AskError('OFFLINE', 'the server ended the stream'));
        },
      },
    );
    close = end;
  };
  const drop = (): void => {
    clearTimeout(timer);
    const end = close;
    close = undefined;
    end?.();
    hush();
  };
  const shut = (): void => {
    drop();
    // Another one may have begun since, and failed as well.
    if (reopen !== open) return;
    reopen = undefined;
    unfollowed.value = undefined;
  };
  return { open, shut };
}

/** Says why a stream broke off, or was refused. */
const streamFault = async (fault: unknown): Promise<AskError> =>
  fault instanceof NetworkError && fault.response instanceof Response
    ? await faultOf(fault.response)
    : new AskError('OFFLINE', String(fault));

const ADVANCED = `subscription {
  advanced { position asOf lagSeconds lagEvents parkedEvents stopped }
}`;

/** Follows how far the server has counted: the sign to ask again. */
export const followAdvanced = (): (() => void) =>
  follow<{ advanced: Freshness }>(
    { query: ADVANCED },
    {
      onNext: ({ advanced }, isFirst) => {
        tellFreshness(advanced);
        hear(advanced.position, isFirst);
      },
    },
  );
