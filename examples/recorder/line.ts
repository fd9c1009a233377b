import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** The bandwidth and the failures of a viewer's line. Seconds of media count from its beginning. */
export interface LinePlan {
  /** The bandwidth from a second of the play on; the first entry begins at 0. */
  readonly rates?: readonly { readonly fromSecond: number; readonly kbps: number }[];
  /** The second of the media from which on nothing comes through until `release`. */
  readonly withheldFrom?: number;
  /** Seconds in which nothing comes through, from the first request for a second of media on. */
  readonly silences?: readonly { readonly at: number; readonly seconds: number }[];
  /** The second of the media from which on the server answers 404. */
  readonly missingFrom?: number;
  /** True if there is no playlist, manifest or file at all. */
  readonly isNothingThere?: boolean;
}

/** Bytes sent between two looks at the clock: few beside those that any rate moves in 100 ms. */
const CHUNK_BYTES = 16 * 1_024;

/** The line of one play: all its answers share the bandwidth. */
export class Line {
  private readonly silencesToCome: { at: number; seconds: number }[];
  private startedAtMs: number | undefined;
  /** The `performance.now()` up to which the line is taken. */
  private freeAtMs = 0;
  private held: (() => void)[] = [];
  private isReleased = false;
  private readonly closing = new AbortController();

  constructor(readonly plan: LinePlan) {
    this.silencesToCome = [...(plan.silences ?? [])];
  }

  isMissing(second: number): boolean {
    return second >= (this.plan.missingFrom ?? Infinity);
  }

  isWithheld(second: number): boolean {
    const { withheldFrom } = this.plan;
    return !this.isReleased && withheldFrom !== undefined && second >= withheldFrom;
  }

  /** Lets through what was withheld, and whatever comes later. */
  release(): void {
    this.isReleased = true;
    for (const go of this.held.splice(0)) go();
  }

  close(): void {
    this.closing.abort();
    this.release();
  }

  /** Waits until what is withheld is let through. */
  async turnOf(second: number): Promise<void> {
    if (!this.isWithheld(second)) return;
    await new Promise<void>((resolve) => this.held.push(resolve));
  }

  /** Sends bytes of the media from a second on, as fast as the line allows; it ends nothing. */
  async send(second: number, body: Buffer, response: ServerResponse): Promise<void> {
    this.beginSilence(second);
    for (let at = 0; at < body.length; at += CHUNK_BYTES) {
      const chunk = body.subarray(at, at + CHUNK_BYTES);
      await this.waitFor(chunk.length);
      if (response.destroyed || this.closing.signal.aborted) return;
      if (!response.write(chunk)) await writable(response);
    }
  }

  private beginSilence(second: number): void {
    const index = this.silencesToCome.findIndex(({ at }) => second >= at);
    const [silence] = index < 0 ? [] : this.silencesToCome.splice(index, 1);
    if (silence !== undefined) this.freeAtMs = performance.now() + silence.seconds * 1_000;
  }

  private async waitFor(bytes: number): Promise<void> {
    const now = performance.now();
    this.startedAtMs ??= now;
    const second = (now - this.startedAtMs) / 1_000;
    const rate = this.plan.rates?.findLast(({ fromSecond }) => fromSecond <= second);
    this.freeAtMs = Math.max(now, this.freeAtMs) + (rate ? (bytes * 8) / rate.kbps : 0);
    const waitMs = this.freeAtMs - now;
    if (waitMs < 1) return;
    await sleep(waitMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }
}

async function writable(response: ServerResponse): Promise<void> {
  const done = new AbortController();
  const { signal } = done;
  const events = ['drain', 'close'].map((name) => once(response, name, { signal }));
  await Promise.race(events);
  done.abort();
  await Promise.allSettled(events);
}
