import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import type { Recorded } from '../../src/domain/event.js';
import type { StoredEvent } from '../../src/ports/event-store.js';
import type { Projection } from '../../src/ports/projection.js';
import { logOf, LogView } from '../support/event-logs.js';
import { documentsOf } from '../support/memory-projections.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting, projectors } from '../support/projector-rig.js';
import { withResolvers } from '../support/server.js';

const newProjector = projectors();

const beat = (i: number): Recorded =>
  stored('heartbeat', { mediaId: 'm', eventId: String(i) }, NOON + i);
const isSecond = (recordedAt: number): boolean => recordedAt === NOON + 1;

/** How code fares with the second event. */
interface Faults {
  /** The document `first` cannot take it. */
  isIndigestible: boolean;
  /** Which documents it is for cannot be told. */
  isUnreadable: boolean;
}

/** A counter in which each event is for two documents. */
function twofold(faults: Faults): readonly Projection[] {
  const projection = counting('bandwidth');
  const keysOf: Projection['keysOf'] = ({ recordedAt }) => {
    if (faults.isUnreadable && isSecond(recordedAt)) throw new Error('cannot tell');
    return ['first', 'second'];
  };
  const evolve: typeof projection.evolve = (document, event, key) => {
    if (faults.isIndigestible && key === 'first' && isSecond(event.recordedAt)) {
      throw new Error('cannot fold this');
    }
    return projection.evolve(document, event, key);
  };
  return [{ ...projection, keysOf, evolve }];
}

describe('an event that one of its documents could not take', () => {
  it('waits where it waited if it cannot be read at a retry, and is counted once', async () => {
    const faults = { isIndigestible: true, isUnreadable: false };
    const writer = new MemoryReadModelStore();
    const log = await logOf([beat(0), beat(1), beat(2)]);
    const projector = await newProjector({ log, writer, projections: twofold(faults) });
    await projector.settled();
    faults.isUnreadable = true;
    await projector.retryParked('bandwidth');
    expect(await documentsOf(writer, 'bandwidth')).toEqual({
      first: { count: 1 },
      second: { count: 3 },
    });
    expect(await projector.parked('bandwidth')).toMatchObject([
      { position: 2, key: 'first', reason: 'Error: cannot tell' },
      { position: 3, key: 'first' },
    ]);
    Object.assign(faults, { isIndigestible: false, isUnreadable: false });
    await projector.retryParked('bandwidth');
    expect(await documentsOf(writer, 'bandwidth')).toEqual({
      first: { count: 3 },
      second: { count: 3 },
    });
    expect(await projector.parked('bandwidth')).toEqual([]);
  });

  it('stays given up if that was said while a retry was under way', async () => {
    class Slow extends LogView {
      readonly reached = withResolvers<undefined>();
      readonly goOn = withResolvers<undefined>();

      override async readAt(position: number): Promise<StoredEvent | undefined> {
        this.reached.resolve(undefined);
        await this.goOn.promise;
        return super.readAt(position);
      }
    }
    const writer = new MemoryReadModelStore();
    const log = new Slow(await logOf([beat(0), beat(1), beat(2)]));
    const projections = twofold({ isIndigestible: true, isUnreadable: false });
    const projector = await newProjector({ log, writer, projections });
    await projector.settled();
    const retry = projector.retryParked('bandwidth');
    await log.reached.promise;
    const skip = projector.retryParked('bandwidth', {
      position: 2,
      key: 'first',
      reason: 'a test',
    });
    log.goOn.resolve(undefined);
    await Promise.all([retry, skip]);
    expect(await projector.parked('bandwidth')).toMatchObject([{ position: 2, skipped: 'a test' }]);
    expect(await documentsOf(writer, 'bandwidth')).toMatchObject({ first: { count: 2 } });
  });
});
