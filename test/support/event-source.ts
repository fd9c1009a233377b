/** An event of a stream of server-sent events. */
interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** A stream of server-sent events as a client reads it. */
export interface EventSource {
  readonly response: Response;
  /** The comments that have come, which keep the connection alive. */
  readonly comments: readonly string[];
  /** Resolves to the next event; undefined at the end of the stream. */
  next(): Promise<ServerSentEvent | undefined>;
  /** Goes away. */
  close(): void;
}

const STREAM = { 'content-type': 'application/json', accept: 'text/event-stream' };

type Headers = Readonly<Record<string, string>>;

/** Sends a GraphQL request whose answer is to be a stream of events. */
export function subscribe(
  url: string,
  request: object,
  headers: Headers = {},
): Promise<EventSource> {
  const body = JSON.stringify(request);
  return openEvents(`${url}/graphql`, { method: 'POST', headers: { ...STREAM, ...headers }, body });
}

/** Sends a request whose answer is to be a stream of events. */
export async function openEvents(url: string, init: RequestInit): Promise<EventSource> {
  const gone = new AbortController();
  const response = await fetch(url, { ...init, signal: gone.signal });
  // What is refused is read as a whole.
  const stream = response.ok ? response.body : null;
  const reader = stream?.pipeThrough(new TextDecoderStream()).getReader();
  const comments: string[] = [];
  let text = '';
  const block = async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const found = text.slice(0, end);
        text = text.slice(end + 2);
        return found;
      }
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return undefined;
      text += value;
    }
  };
  return {
    response,
    comments,
    next: async () => {
      for (;;) {
        const found = await block();
        if (found === undefined) return undefined;
        const lines = found.split('\n');
        comments.push(...lines.filter((line) => line.startsWith(':')));
        const event = fieldIn(lines, 'event');
        if (event !== undefined) return { event, data: fieldIn(lines, 'data') ?? '' };
      }
    },
    close: () => {
      gone.abort();
    },
  };
}

const fieldIn = (lines: readonly string[], name: string): string | undefined =>
  lines
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trimStart();

/** Resolves to the next result of a subscription; throws if there is none. */
export async function nextResult(source: EventSource): Promise<ResultOfEvent> {
  const found = await source.next();
  if (found?.event !== 'next') throw new Error(`no result, but ${JSON.stringify(found)}`);
  return JSON.parse(found.data) as ResultOfEvent;
}

interface ResultOfEvent {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
}
