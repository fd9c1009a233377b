import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** The bandwidth and the failures of a viewer's line. Segments count from 0. */
export interface LinkPlan {
  /** The bandwidth from a second of the session on; the first entry begins at 0. */
  readonly rates: readonly { readonly fromSecond: number; readonly kbps: number }[];
  /** Seconds in which nothing comes through, from the first request for a segment on. */
  readonly pauses?: readonly { readonly segment: number; readonly seconds: number }[];
  /** The segment from which on the server answers 404. */
  readonly missingFromSegment?: number;
}

/** The bytes that the media server sent of a segment, in answer to one request. */
export interface Delivery {
  readonly rendition: string;
  /** -1 for the initialisation segment. */
  readonly segment: number;
  readonly bytes: number;
  /** Bytes handed to the system; a player that gives up in between has received a little less. */
  bytesSent: number;
  /** The epoch milliseconds of the last byte; undefined while under way and when given up. */
  finishedAtMs?: number;
}

/** Bytes sent between two looks at the clock: few beside those that any rate moves in 100 ms. */
const chunkBytes = 16 * 1024;

/** The line of one session: all its answers share the bandwidth, and every byte is recorded. */
export class Link {
  readonly deliveries: Delivery[] = [];
  readonly #plan: LinkPlan;
  readonly #pausesToCome: { segment: number; seconds: number }[];
  #startedAtMs: number | undefined;
  /** The `performance.now()` up to which the line is taken. */
  #freeAtMs = 0;

  constructor(plan: LinkPlan) {
    this.#plan = plan;
    this.#pausesToCome = [...(plan.pauses ?? [])];
  }

  isMissing(segment: number): boolean {
    return segment >= (this.#plan.missingFromSegment ?? Infinity);
  }

  /** Sends a segment as fast as the line allows. */
  async send(
    rendition: string,
    segment: number,
    body: Buffer,
    response: ServerResponse,
  ): Promise<void> {
    this.#pauseAt(segment);
    const delivery: Delivery = { rendition, segment, bytes: body.length, bytesSent: 0 };
    this.deliveries.push(delivery);
    response.writeHead(200, { 'content-length': body.length, 'content-type': 'video/mp4' });
    for (let at = 0; at < body.length; at += chunkBytes) {
      const chunk = body.subarray(at, at + chunkBytes);
      await this.#turn(chunk.length);
      if (response.destroyed) return;
      if (!response.write(chunk)) await writable(response);
      delivery.bytesSent += chunk.length;
    }
    response.end();
    delivery.finishedAtMs = Date.now();
  }

  #pauseAt(segment: number): void {
    const index = this.#pausesToCome.findIndex((pause) => pause.segment === segment);
    const [pause] = index < 0 ? [] : this.#pausesToCome.splice(index, 1);
    if (pause !== undefined) this.#freeAtMs = performance.now() + pause.seconds * 1000;
  }

  async #turn(bytes: number): Promise<void> {
    const now = performance.now();
    this.#startedAtMs ??= now;
    const second = (now - this.#startedAtMs) / 1000;
    const rate = this.#plan.rates.findLast(({ fromSecond }) => fromSecond <= second);
    if (rate === undefined) throw new Error('a link plan begins at second 0');
    this.#freeAtMs = Math.max(now, this.#freeAtMs) + (bytes * 8) / rate.kbps;
    await sleep(this.#freeAtMs - now);
  }
}

async function writable(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
