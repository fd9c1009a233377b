import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { LOG_START } from '../../../ports/event-store.js';
import { CHUNK_FORMAT, ChunkBuilder, type BridgeEvent, type EventChunk } from './event-chunk.js';
import { isOurs, toSafe } from './stored-event.js';
import type { SuccessorTarget } from './successor-target.js';

/** Reads pages of the log with the client's successor, for the process that started this one. */
class Reading {
  private readonly client: ReturnType<Bridge['createClient']>;

  constructor(private readonly source: ReadingSource) {
    if (source.format !== CHUNK_FORMAT) throw new Error('the program was built anew meanwhile');
    const { createClient } = loadBridge();
    this.client = trustingAsNode(() => createClient(source.target.url));
  }

  async page(order: PageOrder): Promise<void> {
    const progress = { scanned: order.after, looked: 0 };
    try {
      await this.readOn(progress, order);
    } catch (error) {
      if ((error as Error).name !== 'NotLeaderError') throw error;
      // The client turns to the leader that the error named.
      await nextTurn();
      await this.readOn(progress, order);
    }
  }

  private async readOn(
    progress: { scanned: number; looked: number },
    { limit, isFiltered }: PageOrder,
  ): Promise<void> {
    const { prefix } = this.source;
    const after = progress.scanned;
    // This asks the same server before the read: a filtered read that ends has seen all up to it.
    const head = isFiltered ? await this.head() : LOG_START;
    reply({ kind: 'looking' });
    const chunk = new ChunkBuilder();
    let sentAt = performance.now();
    for await (const batch of this.read(after, limit - progress.looked, isFiltered)) {
      for (const { event } of batch) {
        if (event === undefined || progress.looked === limit) continue;
        const at = toSafe(event.position.commit);
        if (at === after) continue;
        progress.scanned = at;
        progress.looked += 1;
        if (isOurs(event, prefix)) chunk.add(event);
      }
      const isDue = chunk.size >= CHUNK_BYTES || performance.now() - sentAt >= CHUNK_MS;
      if (isDue) {
        reply({ kind: 'events', chunk: chunk.take() });
        sentAt = performance.now();
      }
      // The read does not wait for a next event: the server may look for it for long.
      if (progress.looked === limit) break;
    }
    reply({ kind: 'events', chunk: chunk.take() });
    const isEnd = progress.looked < limit;
    const scanned = isEnd ? Math.max(progress.scanned, head) : progress.scanned;
    reply({ kind: 'end', scanned, isEnd });
  }

  private read(
    after: number,
    limit: number,
    isFiltered: boolean,
  ): ReturnType<Reading['client']['readAll']> {
    const { prefix } = this.source;
    // One more, as a read begins with the event at its position; a whole batch, as the bridge hands
    // over the last batch only when it is full or the read has ended.
    const maxCount = Math.ceil((limit + 1) / BATCH_EVENTS) * BATCH_EVENTS;
    const position = { commit: BigInt(after), prepare: BigInt(after) };
    return this.client.readAll({
      ...this.always(),
      direction: 'forwards',
      fromPosition: after === LOG_START ? 'start' : position,
      maxCount: BigInt(maxCount),
      ...(isFiltered && { filter: { filterOn: 'streamName', prefixes: [prefix] } }),
    });
  }

  /** Returns the position of the store's last event, ours or not. */
  private async head(): Promise<number> {
    const last = { direction: 'backwards', fromPosition: 'end', maxCount: 1n };
    let head = LOG_START;
    for await (const batch of this.client.readAll({ ...this.always(), ...last })) {
      for (const { event } of batch) head = toSafe(event?.position.commit ?? BigInt(LOG_START));
    }
    return head;
  }

  private always(): object {
    const { credentials } = this.source.target;
    return { requiresLeader: true, resolvesLink: false, ...(credentials && { credentials }) };
  }
}

/** The first message: what the process works with. */
export interface ReadingSource {
  readonly format: number;
  readonly target: SuccessorTarget;
  /** The beginning of our streams' names. */
  readonly prefix: string;
}

/** A page of the log. */
export interface PageOrder {
  readonly after: number;
  /** The greatest number of events to look at. */
  readonly limit: number;
  /** Says whether the server leaves out foreign events. */
  readonly isFiltered: boolean;
}

export type ReadingRequest =
  ({ readonly kind: 'open' } & ReadingSource) | ({ readonly kind: 'page' } & PageOrder);

export type ReadingReply =
  | { readonly kind: 'opened' }
  /** The server answers, and looks for the next event. */
  | { readonly kind: 'looking' }
  | { readonly kind: 'events'; readonly chunk: EventChunk }
  | { readonly kind: 'end'; readonly scanned: number; readonly isEnd: boolean }
  | { readonly kind: 'failure'; readonly message: string };

/** The used part of the successor's bridge, with which the successor itself reads. */
interface Bridge {
  createClient: (url: string) => {
    readAll: (options: object) => AsyncIterable<readonly { readonly event?: BridgeEvent }[]>;
  };
}

/** The bridge hands over this many events at a time, fewer only at a read's end. */
const BATCH_EVENTS = 64;
/** A chunk is sent at this size or age: the other side parses it while the next is read. */
const CHUNK_BYTES = 2 ** 17;
const CHUNK_MS = 100;

/** Loads the bridge alone: the successor would parse the events, only to write them again. */
function loadBridge(): Bridge {
  const require = createRequire(import.meta.url);
  const ofSuccessor = createRequire(require.resolve('@kurrent/kurrentdb-client'));
  return ofSuccessor('@kurrent/bridge') as Bridge;
}

/**
 * Makes a client that trusts the authorities of Node itself and of NODE_EXTRA_CA_CERTS. By itself
 * it takes the machine's, and a container may have none.
 */
function trustingAsNode<Client>(create: () => Client): Client {
  const folder = mkdtempSync(join(tmpdir(), 'playhead-reading-'));
  try {
    const { NODE_EXTRA_CA_CERTS: further } = process.env;
    const authorities = further === undefined ? [] : [readFileSync(further, 'utf8')];
    const file = join(folder, 'authorities.pem');
    writeFileSync(file, [...rootCertificates, ...authorities].join('\n'));
    process.env.SSL_CERT_FILE = file;
    return create();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sends a reply. Once the other side is gone, which ends this process, nobody needs it. */
function reply(message: ReadingReply): void {
  process.send?.(message);
}

async function carryOut(request: ReadingRequest): Promise<void> {
  try {
    if (request.kind === 'open') {
      reading = new Reading(request);
      reply({ kind: 'opened' });
    } else {
      await reading?.page(request);
    }
  } catch (error) {
    const { name, message } = error as Error;
    reply({ kind: 'failure', message: `${name}: ${message.split('\n')[0] ?? ''}` });
  }
}

let reading: Reading | undefined;

// The process that started this one ends it; a signal to the whole group is meant for that.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => undefined);
}
process.on('disconnect', () => {
  process.exit();
});
process.on('message', (request: ReadingRequest) => {
  void carryOut(request);
});
