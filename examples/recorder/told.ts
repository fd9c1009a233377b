import { KEYS } from './studio.js';

/** What the server says of some titles; milliseconds. */
export interface Told {
  readonly views: number;
  readonly viewsWithoutStates: number;
  readonly attempts: number;
  readonly completions: number;
  /** Sessions that ended as failed. */
  readonly failures: number;
  /** Sessions that are not over. */
  readonly open: number;
  readonly watchedMs: number;
  readonly stalls: readonly number[];
  readonly seeks: readonly number[];
  readonly pauses: readonly number[];
  readonly startupMs: number | undefined;
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string }[];
}
interface Edges<Node> {
  readonly edges: readonly { readonly node: Node }[];
}
interface Entry {
  readonly type: string;
  readonly duration: number | null;
}
interface Session {
  readonly state: string;
  readonly startedAt: string;
  readonly startupTime: number | null;
  readonly timeline: Edges<Entry> & { readonly pageInfo: { readonly hasNextPage: boolean } };
}
interface Figures {
  readonly views: number;
  readonly viewsWithoutStates: number;
  readonly attempts: number;
  readonly open: number;
  readonly completionRate: number | null;
  readonly stalls: number;
  readonly watchTime: number;
}

const DAY_MS = 86_400_000;
const QUERY = `query ($range: RangeInput!, $filter: [FilterInput!]) {
  figures(range: $range, filter: $filter) {
    figures { views viewsWithoutStates attempts open completionRate stalls watchTime }
  }
  sessions(range: $range, filter: $filter, first: 20) { edges { node {
    state startedAt startupTime
    timeline(first: 100) { pageInfo { hasNextPage } edges { node { type duration } } }
  } } }
}`;
const ROLLUP = 'mutation { aggregateRollup { sessionsTimedOut } }';

/** Ends the sessions that are over; returns the position up to which answers have to know all. */
export async function settle(url: string): Promise<string> {
  const { position } = await ask(url, ROLLUP, {});
  return position;
}

/** Asks for the figures of titles and for the timelines of their sessions. */
export async function fetchTold(
  url: string,
  mediaIds: readonly string[],
  position: string,
): Promise<Told> {
  const now = Date.now();
  const [from, to] = [now - DAY_MS, now + DAY_MS].map((ms) => new Date(ms).toISOString());
  const filter = [{ dimension: 'MEDIA', anyOf: mediaIds }];
  const { data } = await ask<{ figures: { figures: Figures }; sessions: Edges<Session> }>(
    ...([url, QUERY, { range: { from, to }, filter }, position] as const),
  );
  return read(data.figures.figures, nodesOf(data.sessions));
}

function read(figures: Figures, sessions: readonly Session[]): Told {
  const { views, viewsWithoutStates, attempts, open } = figures;
  const ordered = [...sessions].sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  if (ordered.some(({ timeline }) => timeline.pageInfo.hasNextPage)) {
    throw new Error('a timeline is longer than what was asked for');
  }
  const entries = ordered.flatMap(({ timeline }) => nodesOf(timeline));
  const lengths = (...types: readonly string[]): readonly number[] =>
    entries.flatMap(({ type, duration }) =>
      types.includes(type) && duration !== null && duration > 0 ? inMs(duration) : [],
    );
  const stalls = lengths('BUFFERING', 'REBUFFER_END');
  if (stalls.length !== figures.stalls) {
    throw new Error(`${String(figures.stalls)} stalls in figures, ${String(stalls.length)} told`);
  }
  const startups = ordered.flatMap(({ startupTime }) => startupTime ?? []);
  return {
    ...{ views, viewsWithoutStates, attempts, open },
    completions: Math.round((figures.completionRate ?? 0) * (views - viewsWithoutStates)),
    failures: ordered.filter(({ state }) => state === 'FAILED').length,
    watchedMs: inMs(figures.watchTime),
    stalls,
    seeks: lengths('SEEKED'),
    pauses: lengths('RESUMED'),
    startupMs: startups[0] === undefined ? undefined : inMs(startups[0]),
  };
}

async function ask<Data>(
  url: string,
  query: string,
  variables: object,
  readAfter?: string,
): Promise<{ readonly data: Data; readonly position: string }> {
  const response = await fetch(new URL('/graphql', url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${KEYS.ADMIN_KEY}`,
      ...(readAfter !== undefined && { 'read-after': readAfter }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as Answer<Data>;
  if (!answer.data || answer.errors) {
    throw new Error(`the server answered ${JSON.stringify(answer.errors ?? answer)}`);
  }
  return { data: answer.data, position: response.headers.get('position') ?? '' };
}

const nodesOf = <Node>({ edges }: Edges<Node>): readonly Node[] => edges.map(({ node }) => node);
const inMs = (seconds: number): number => Math.round(seconds * 1_000);
