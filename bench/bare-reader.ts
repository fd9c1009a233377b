import { EventStoreDbEventStore } from '../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { LOG_START } from '../src/ports/event-store.js';
import { WakeUp } from '../src/projector/wake-up.js';
import { TimeLimitedLog } from '../src/projector/time-limited-log.js';

/**
 * Follows a log by the successor of the client and does nothing else: `bare-reader.ts <url>
 * <prefix>`. It answers each message with the position that it has read up to; it ends with its
 * parent.
 */

/** The projector reads such pages too, and shorter ones at first. */
const PAGE_EVENTS = 5_000;
const WAIT_MS = 1_000;

const [url = '', prefix = ''] = process.argv.slice(2);
const onSlow = (reason: string): void => {
  throw new Error(`the successor does not read: ${reason}`);
};
const log = new TimeLimitedLog(
  await EventStoreDbEventStore.open({ url, prefix, bulk: { onSlow } }),
);
const news = new WakeUp();
log.onAppended(() => {
  news.wake();
});
let position = LOG_START;
process.on('message', () => process.send?.(position));
process.on('disconnect', () => process.exit());
process.send?.(position);
for (;;) {
  const { scanned, isEnd } = await log.readAll(position, PAGE_EVENTS);
  position = scanned;
  if (isEnd) await news.wait(WAIT_MS);
}
