import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import { findLog, type FoundLog } from '../../src/composition/found-log.js';
import { locationsOf } from '../../src/composition/locations.js';
import { readConfig } from '../../src/config.js';
import { NO_STREAM } from '../../src/ports/event-store.js';
import { append, eventsOf } from '../contracts/event-store.js';
import { EventStoreDbDouble } from '../support/eventstoredb/eventstoredb-double.js';
import { describeWithDouble } from '../support/eventstoredb/server-under-test.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const missing = {
  name: 'LogUnfit',
  message: expect.stringMatching(/p-meta.*EVENTSTORE_PREFIX/) as string,
};
const secret = 'a secret of sixteen and more';

describeWithDouble('a log in EventStoreDB', () => {
  let double: EventStoreDbDouble;
  let searched: number[];
  beforeEach(async () => {
    double = await EventStoreDbDouble.start();
    searched = [];
  });
  afterEach(() => {
    double.down();
  });

  const find = (): Promise<FoundLog> => {
    const settings = { EVENTSTORE_URL: double.url, VIEWER_SECRET: secret };
    return findLog(locationsOf(readConfig({ ...settings, EVENTSTORE_PREFIX: 'p-' })), 'p-', {
      onUpgrade: () => undefined,
      onSearch: (position) => searched.push(position),
    });
  };
  const fill = (stream: string, count: number): void => {
    const none = new Uint8Array();
    const record = { type: 'other', contentType: 'application/json', data: none, metadata: none };
    for (let i = 0; i < count; i += 1) {
      const id = `00000000-0000-4000-7000-${String(i).padStart(12, '0')}`;
      double.log.append(stream, 'any', [{ ...record, id }]);
    }
  };

  test('of which only what says whose it is is missing is refused', async () => {
    fill('another', 1_000);
    fill('p-playback-1', 1);
    fill('another', 1_000);
    await expect(find()).rejects.toMatchObject(missing);
    expect(double.log.stream('p-meta')).toEqual([]);
  });

  test('that was cut off where it says whose it is is refused', async () => {
    fill('p-meta', 2);
    double.log.cutOffBefore('p-meta', 1);
    await expect(find()).rejects.toMatchObject(missing);
  });

  test.each([
    ['says so', false],
    ['does not say so', true],
  ])('of which there is nothing is found to be new, where the end %s', async (_, isSilent) => {
    double.faults.isSilentAtEnd = isSilent;
    fill('another', 70_000);
    fill('p', 3);
    const found = await find();
    expect(found.known).toBeUndefined();
    await found.close();
    expect(searched.length).toBeGreaterThan(1);
    expect(searched).toEqual([...searched].sort((a, b) => a - b));
  });

  test('whose streams were deleted before it began is new', async () => {
    fill('p-playback-1', 1);
    double.log.records.length = 1;
    double.log.tombstone('p-playback-1');
    const found = await find();
    expect(found.known).toBeUndefined();
    await found.close();
  });
});

test('a log in a data folder that does not say whose it is is refused', async () => {
  const folder = temporaryFolder();
  try {
    const locations = locationsOf(readConfig({ DATA_DIR: folder }));
    if (locations.log.kind !== 'embedded') throw new Error('it is embedded');
    const store = await EmbeddedEventStore.open(locations.log.path);
    await store.append([append('p-playback-1', NO_STREAM, eventsOf('a', 1))]);
    await store.close();
    const telling = { onUpgrade: () => undefined, onSearch: () => undefined };
    await expect(findLog(locations, 'p-', telling)).rejects.toMatchObject(missing);
    await expect(findLog(locations, 'q-', telling)).rejects.toMatchObject({ name: 'WrongPrefix' });
  } finally {
    removeFolder(folder);
  }
});
