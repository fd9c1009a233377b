import { decodeEvent, UndecodableEvent } from '../../src/domain/event-codec.js';
import type { StoredEvent } from '../../src/ports/event-store.js';
import { ApiClient, type EventInput } from '../support/api-client.js';
import { eventsAt, eventsIn, untilReady, type RemoteLog } from '../support/distributed.js';
import { DoubleProcess } from '../support/eventstoredb/double-process.js';
import { until } from '../support/polling.js';
import { startServer, withResolvers, type TestServer } from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import type { Expected } from './audience.js';
import { expectFigures } from './figures.js';
import type { Outbox } from './outbox.js';

const CLIENTS = 8;

/** A double of EventStoreDB behind a wire, and nodes with read models of their own. */
export class EventStoreDbPlay {
  readonly log: RemoteLog;
  private readonly folders: string[] = [];
  private marks = 0;

  private constructor(
    readonly double: DoubleProcess,
    readonly proxy: TcpProxy,
  ) {
    this.log = { url: double.url, prefix: 'playhead-' };
  }

  static async start(): Promise<EventStoreDbPlay> {
    const double = await DoubleProcess.start();
    return new EventStoreDbPlay(double, await TcpProxy.start(Number(new URL(double.url).port)));
  }

  /** Starts a node that reaches the event store by way of the wire; with read models, if named. */
  async addNode(folder?: string): Promise<TestServer> {
    const url = `esdb://127.0.0.1:${String(this.proxy.port)}?tls=false`;
    return startServer(folder ?? this.newFolder(), eventsAt({ ...this.log, url }));
  }

  newFolder(): string {
    const folder = temporaryFolder();
    this.folders.push(folder);
    return folder;
  }

  /** Sends to a node until all is acknowledged; tells when some of it is. */
  deliver(
    { url }: TestServer,
    outbox: Outbox,
    wanted: number,
  ): { readonly isUnderWay: Promise<unknown>; readonly isOver: Promise<unknown> } {
    const { promise, resolve } = withResolvers<undefined>();
    const enough = outbox.acknowledgedCount + wanted;
    outbox.onAcknowledged = () => {
      if (outbox.acknowledgedCount >= enough) resolve(undefined);
    };
    const isOver = outbox.deliver(() => [url], CLIENTS);
    return { isUnderWay: Promise.race([promise, isOver]), isOver };
  }

  /** Records something new at a node, again and again until it is taken; how long it took. */
  async msUntilWritten({ url }: TestServer): Promise<number> {
    const from = performance.now();
    this.marks += 1;
    const mark = { mediaId: 'marker', sessionId: 'marks', eventId: `mark ${String(this.marks)}` };
    const input = { ...mark, eventType: 'HEARTBEAT' };
    await until(() => new ApiClient(url).record(input).then(isTrue, isFalse));
    return performance.now() - from;
  }

  /** A node is ready and answers exactly what was sent, and the log holds each event once. */
  async expectExact(node: TestServer, audience: ReadonlyMap<string, Expected>): Promise<void> {
    const client = new ApiClient(node.url);
    await untilReady(node);
    // Its position is that of the last event: whoever has passed it has passed them all.
    await client.record({ mediaId: 'marker', eventType: 'HEARTBEAT' });
    await expectFigures(client, audience);
    const ids = (await eventsIn(this.log)).filter(isOfMedia).map(nameOf);
    expect(new Set(ids).size).toBe(ids.length);
  }

  /** The log holds each of the events once. */
  async expectStored(events: readonly EventInput[]): Promise<void> {
    const stored = (await eventsIn(this.log)).filter(isOfMedia).map(({ data }) => data.eventId);
    const ids = events.map(({ eventId }) => eventId);
    const isSent = new Set<unknown>(ids);
    expect(stored.filter((id) => isSent.has(id)).sort()).toEqual([...ids].sort());
  }

  async end(): Promise<void> {
    await this.proxy.close();
    await this.double.stop();
    for (const folder of this.folders) removeFolder(folder);
  }
}

const isTrue = (): boolean => true;
const isFalse = (): boolean => false;

const nameOf = ({ stream, data }: StoredEvent): string => `${stream} ${String(data.eventId)}`;

/** Not the log's own word. */
function isOfMedia(stored: StoredEvent): boolean {
  try {
    return 'mediaId' in decodeEvent(stored).data;
  } catch (error) {
    if (error instanceof UndecodableEvent) return false;
    throw error;
  }
}
