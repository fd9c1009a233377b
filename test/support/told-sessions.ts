import { send, withKey } from './http.js';
import { until } from './polling.js';

const DAY_MS = 86_400_000;
const ANSWER_MS_MAX = 20_000;

/** A session as the server tells it to an administrator. */
export interface Told {
  readonly sessionId: string;
  readonly state: string;
  readonly watchTime: number;
  readonly startupTime: number | null;
  readonly completed: boolean | null;
  readonly stalls: number;
  readonly stalledTime: number;
  readonly quality: string;
  readonly errorCode: string | null;
  readonly viewer: string | null;
  readonly context: Readonly<Record<string, unknown>>;
  readonly timeline: readonly {
    readonly type: string;
    readonly duration: number | null;
    readonly detail: string | null;
  }[];
}

/** The sessions of a title, once there are as many as wanted and they say so. */
export async function toldSessions(
  url: string,
  key: string,
  mediaId: string,
  isTold: (sessions: readonly Told[]) => boolean,
): Promise<readonly Told[]> {
  let sessions: readonly Told[] = [];
  const [from, to] = [-DAY_MS, DAY_MS].map((ms) => new Date(Date.now() + ms).toISOString());
  const query = `{ sessions(range: { from: "${String(from)}", to: "${String(to)}" }, first: 10,
    filter: [{ dimension: MEDIA, anyOf: ["${mediaId}"] }]) { edges { node {
      sessionId state watchTime startupTime completed stalls stalledTime quality errorCode viewer
      context { page player referrer device browser live custom1 }
      timeline(first: 100) { edges { node { type duration detail } } } } } } }`;
  await until(async () => {
    const { json } = await send(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...withKey(key) },
      body: JSON.stringify({ query }),
    });
    const { data } = json as { data: { sessions: Edges<Told & { timeline: Edges<object> }> } };
    sessions = nodesOf(data.sessions).map((one) => ({
      ...one,
      timeline: nodesOf(one.timeline) as Told['timeline'],
    }));
    return isTold(sessions);
  }, ANSWER_MS_MAX);
  return sessions;
}

/** Whether there are sessions, all in a state. */
export const over =
  (state: string): ((sessions: readonly Told[]) => boolean) =>
  (sessions) =>
    sessions.length > 0 && sessions.every((one) => one.state === state);

interface Edges<Node> {
  readonly edges: readonly { readonly node: Node }[];
}
const nodesOf = <Node>({ edges }: Edges<Node>): readonly Node[] => edges.map(({ node }) => node);
