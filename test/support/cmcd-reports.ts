import type { Post } from './cmcd-captures.js';

/** The moment from which the reports of a story count, epoch milliseconds. */
export const T0 = Date.UTC(2026, 10, 2, 12);
/** How long a report is under way where nothing else is said. */
const UNDER_WAY_MS = 20;

/** What is unusual about a report. */
interface Ways {
  /** When it comes. */
  readonly arrivesMs?: number;
  /** Which of several nodes takes it. */
  readonly node?: number;
  /** What the clock of its player shows. */
  readonly clockMs?: number;
}

/** One report: when it was made, its event, and what else it says, such as `sta=p`. */
export type MadeReport = readonly [atMs: number, event: string, keys?: string, ways?: Ways];

/**
 * Reports as the player of a session sends them, in the order in which they come; each restarts the
 * count where it says `sn=0`.
 */
export function postsOf(reports: readonly MadeReport[], clockErrorMs = 0): readonly Post[] {
  let number = -1;
  const posts = reports.map(([atMs, event, keys = '', ways = {}]) => {
    const { arrivesMs = atMs + UNDER_WAY_MS, node = 0, clockMs = atMs } = ways;
    const stated = /\bsn=(\d+)/.exec(keys)?.[1];
    number = stated === undefined ? number + 1 : Number(stated);
    const rest = keys.replace(/,?\bsn=\d+/, '').replace(/^,/, '');
    const ts = String(T0 + clockMs - clockErrorMs);
    const line = `cid="m1",e=${event},sid="s1",sn=${String(number)},ts=${ts},v=2`;
    return { at: T0 + arrivesMs, body: rest === '' ? line : `${rest},${line}`, node };
  });
  return posts.sort((a, b) => a.at - b.at);
}
