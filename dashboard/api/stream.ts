import { signal } from '@preact/signals';
import { createClient, type Client } from 'graphql-sse';
import { key, keyHeaders } from './key.js';
import type { Freshness } from './schema.js';

/** How far the server has counted, as the open stream says; undefined before it says so. */
export const moved = signal<Freshness | undefined>(undefined);

/** Whether the stream that is wanted broke off, and has not told anything since. */
export const isLost = signal(false);

/** What a stream asks for. */
export interface Subscription {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

const RETRIES = 1_000;
const RETRY_MS_MAX = 30_000;
const COMPLETED_MS = 2_000;

let client: Client | undefined;

const clientNow = (): Client =>
  (client ??= createClient({
    url: '/graphql',
    headers: keyHeaders,
    retryAttempts: RETRIES,
    retry: (tries) =>
      new Promise((resolve) => {
        isLost.value = true;
        setTimeout(resolve, Math.min(RETRY_MS_MAX, 500 * 2 ** tries));
      }),
  }));

/**
 * Follows a subscription while the tab is seen: hidden, it holds no stream. Returns what ends it.
 * Whoever subscribes has ended the one before: there is one stream a tab.
 */
export function follow<Data>(
  { query, variables = {} }: Subscription,
  onNext: (data: Data) => void,
): () => void {
  let close: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    if (close !== undefined || document.hidden) return;
    const reopenIn = (ms: number) => (): void => {
      if (close !== end) return;
      close = undefined;
      isLost.value = true;
      clearTimeout(timer);
      timer = setTimeout(open, ms);
    };
    const end = clientNow().subscribe<Data>(
      { query, variables },
      {
        next: ({ data }) => {
          isLost.value = false;
          if (data != null) onNext(data);
        },
        // What failed for good may be well again later; a new key opens it at once.
        error: reopenIn(RETRY_MS_MAX),
        // A server that ends for good completes its streams: another one may be there soon.
        complete: reopenIn(COMPLETED_MS),
      },
    );
    close = end;
  };
  const shut = (): void => {
    clearTimeout(timer);
    const end = close;
    close = undefined;
    end?.();
    isLost.value = false;
  };
  const onVisibility = (): void => {
    if (document.hidden) shut();
    else open();
  };
  document.addEventListener('visibilitychange', onVisibility);
  const endKey = key.subscribe(() => {
    shut();
    open();
  });
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    endKey();
    shut();
  };
}

const ADVANCED = `subscription {
  advanced { position asOf lagSeconds lagEvents parkedEvents stopped }
}`;

/** Follows how far the server has counted: the sign to ask again. */
export const followAdvanced = (): (() => void) =>
  follow<{ advanced: Freshness }>({ query: ADVANCED }, ({ advanced }) => {
    moved.value = advanced;
  });
