import { LOG_START, type EventLog } from '../ports/event-store.js';
import { CopyFailed } from './copy-failed.js';

/** Events in a page of the search for any event of ours. */
const PAGE_EVENTS = 1_000;

/**
 * Refuses a target that does not begin like the source: a target with another log's identity, or
 * with events under our prefix and no identity at all. An empty target is fine. So is a target with
 * the source's identity: an earlier run wrote it.
 */
export async function refuseForeignTarget(
  source: EventLog,
  target: EventLog,
  identityStream: string,
): Promise<void> {
  const [ours] = await source.readStream(identityStream);
  if (ours === undefined) {
    throw new CopyFailed(`the log to copy has no identity (stream ${identityStream})`);
  }
  const [theirs] = await target.readStream(identityStream);
  if (theirs === undefined) {
    if (await isEmpty(target)) return;
    throw new CopyFailed('the target holds events under this prefix that are not of this log');
  }
  if (theirs.id !== ours.id) {
    throw new CopyFailed(
      'the target holds another log under this prefix: nothing was copied, choose another target',
      identityStream,
    );
  }
}

/** Searches a shared store to its end, since pages may hold nothing of ours. */
async function isEmpty(log: EventLog): Promise<boolean> {
  for (let after = LOG_START; ;) {
    const { events, scanned, isEnd } = await log.readAll(after, PAGE_EVENTS);
    if (events.length > 0) return false;
    if (isEnd) return true;
    after = scanned;
  }
}
