import { readdirSync, readFileSync } from 'node:fs';
import { readCmcdLine } from '../../src/api/cmcd/read-line.js';
import { PlaybackStreams } from '../../src/commands/playback-streams.js';
import { trackFrom } from '../../src/domain/cmcd/cmcd-track.js';
import { settlesAt } from '../../src/domain/cmcd/translate.js';
import { decodeEvent } from '../../src/domain/event-codec.js';
import {
  isPlaybackEvent,
  isWatched,
  type DomainEvent,
  type PlaybackEvent,
} from '../../src/domain/event.js';
import type { CmcdCommand } from '../../src/domain/streamed-session.js';
import type { EventStore } from '../../src/ports/event-store.js';
import { testIdentity, testNames } from './test-log.js';
import { SettableClock } from './settable-clock.js';

/** What the media element itself did; milliseconds. */
export interface CapturedTruth {
  readonly startupMs: number | null;
  /** From `playing` to whatever ended it. */
  readonly stateMs: number;
  readonly stalls: readonly number[];
  readonly seeks: readonly number[];
  readonly pauses: readonly number[];
  readonly ended: number;
  /** The milliseconds for which a picture of a height was shown. */
  readonly byHeight: Readonly<Record<string, number>>;
  /** By height, and of sound and manifests. */
  readonly bytes: Readonly<Record<string, number>>;
}

/** A body that a player sent, and when it came. */
export interface Post {
  readonly at: number;
  readonly body: string;
  /** Which of several nodes takes it; the first where it is left out. */
  readonly node?: number;
}

export interface Capture {
  /** Such as hls-plain. */
  readonly name: string;
  readonly truth: CapturedTruth;
  /** The posts that the collector took. */
  readonly posts: readonly Post[];
}

const FOLDER = new URL('../fixtures/cmcd/', import.meta.url);

/** Sessions of released players in Chromium, beside what the media element did. */
export const captures: readonly Capture[] = readdirSync(FOLDER).map((file) => {
  const lines = readFileSync(new URL(file, FOLDER), 'utf8').trim().split('\n');
  const [meta, ...rest] = lines.map((line) => JSON.parse(line) as CapturedLine);
  if (meta?.t0 === undefined || meta.truth === undefined) throw new Error(`no truth in ${file}`);
  const { t0, truth } = meta;
  const posts = rest.flatMap(({ t = 0, s, body }) =>
    s === 204 && typeof body === 'string' && body !== '' ? [{ at: t0 + t, body }] : [],
  );
  return { name: file.replace('.ndjson', ''), truth, posts };
});

interface CapturedLine {
  readonly t0?: number;
  readonly truth?: CapturedTruth;
  readonly t?: number;
  readonly s?: number;
  readonly body?: string;
}

/** What the log says of all sessions together; milliseconds. */
export interface ToldViews {
  readonly views: number;
  readonly statelessViews: number;
  readonly attempts: number;
  readonly watchedMs: number;
  readonly stalls: readonly number[];
  readonly seeks: readonly number[];
  readonly pauses: readonly number[];
  readonly startups: readonly number[];
  readonly ends: readonly string[];
  readonly errors: readonly string[];
}

const RATES = { ladder: [], areBytesEstimated: true };
const TIMEOUT_MS = 300_000;
const SETTLED_MS = 35_000;

/** Nodes over one log that take what players report, by a clock that is set. */
export class Collector {
  /** The reports that did not come by their turn, and those of them that came later. */
  readonly places = { passedOver: 0, late: 0 };
  private readonly clock = new SettableClock(0);
  private nodes: PlaybackStreams[];
  private readonly due = new Map<string, { at: number; node: number; command: CmcdCommand }>();
  private readonly sessions = new Map<string, readonly [mediaId: string, sessionId: string]>();

  constructor(
    private readonly store: EventStore,
    nodes = 1,
  ) {
    this.nodes = Array.from({ length: nodes }, () => this.started());
  }

  private started(): PlaybackStreams {
    return new PlaybackStreams(this.store, this.clock, testIdentity, testNames);
  }

  /** Loses what a node remembers, and what it had planned. */
  kill(node: number): void {
    this.nodes[node] = this.started();
    for (const [key, plan] of this.due) if (plan.node === node) this.due.delete(key);
  }

  /** Takes posts at the times at which they came. */
  async take(posts: readonly Post[]): Promise<void> {
    for (const { at, body, node = 0 } of posts) {
      await this.passTo(at);
      for (const line of body.split('\n').filter((one) => one.trim() !== '')) {
        await this.takeLine(line, node);
      }
    }
  }

  private async takeLine(line: string, node: number): Promise<void> {
    const read = readCmcdLine(line, RATES);
    if (typeof read === 'string') throw new Error(`${read}: ${line}`);
    const { mediaId = 'unnamed', sessionId, report } = read;
    const now = this.clock.now();
    this.sessions.set(`${mediaId}/${sessionId}`, [mediaId, sessionId]);
    const input = { kind: 'report', report, now, clockErrorMs: now - report.at } as const;
    await this.execute({ kind: 'cmcd', mediaId, sessionId, inputs: [input] }, node);
  }

  private async execute(command: CmcdCommand, node: number): Promise<void> {
    const { mediaId, sessionId } = command;
    const outcomes = await this.nodes[node]?.execute(mediaId, sessionId, [command]);
    const [outcome] = outcomes ?? [];
    if (outcome?.kind !== 'done') throw new Error(`refused: ${String(outcome?.error)}`);
    const { before, after } = outcome.own;
    for (const name of ['passedOver', 'late'] as const) {
      this.places[name] += trackFrom(after.cmcd)[name] - trackFrom(before.cmcd)[name];
    }
    const key = `${mediaId}/${sessionId}/${String(node)}`;
    const at = settlesAt(trackFrom(outcome.state.cmcd));
    if (at === undefined) this.due.delete(key);
    else this.due.set(key, { at, node, command });
  }

  /** Lets time pass: what waited long enough is settled by the node that has planned it. */
  private async passTo(time: number): Promise<void> {
    for (;;) {
      const next = [...this.due.entries()].sort(([, a], [, b]) => a.at - b.at)[0];
      if (next === undefined || next[1].at > time) break;
      const [key, { at, node, command }] = next;
      this.due.delete(key);
      this.clock.set(Math.max(at, this.clock.now()));
      const input = { kind: 'settle', now: this.clock.now() } as const;
      await this.execute({ ...command, inputs: [input] }, node);
    }
    this.clock.set(Math.max(time, this.clock.now()));
  }

  /** Lets all sessions time out. */
  async end(): Promise<void> {
    await this.passTo(this.clock.now() + SETTLED_MS);
    await this.passTo(this.clock.now() + TIMEOUT_MS);
    const idleSince = this.clock.now() - TIMEOUT_MS;
    for (const [mediaId, sessionId] of this.sessions.values()) {
      const command = { kind: 'time-out', mediaId, sessionId, idleSince } as const;
      await this.nodes[0]?.execute(mediaId, sessionId, [command]);
    }
  }

  /** The events of all sessions, each session's in the order in which they were stored. */
  async events(): Promise<readonly PlaybackEvent[]> {
    const all: PlaybackEvent[] = [];
    for (const [mediaId, sessionId] of this.sessions.values()) {
      const stored = await this.store.readStream(testNames.playback(mediaId, sessionId));
      all.push(...stored.map((one): DomainEvent => decodeEvent(one)).filter(isPlaybackEvent));
    }
    return all;
  }

  async told(): Promise<ToldViews> {
    const events = await this.events();
    const of = (type: PlaybackEvent['type']): readonly PlaybackEvent[] =>
      events.filter((event) => event.type === type);
    const durations = (type: PlaybackEvent['type']): readonly number[] =>
      of(type).flatMap(({ data: { durationMs } }) => durationMs ?? []);
    const watched = events.filter(({ type }) => isWatched(type));
    return {
      views: of('session_start').length,
      statelessViews: of('session_start').filter(({ data }) => data.stateless === true).length,
      attempts: of('play_requested').length,
      watchedMs: watched.reduce((sum, { data: { durationMs = 0 } }) => sum + durationMs, 0),
      stalls: durations('buffering'),
      seeks: durations('seeked'),
      pauses: durations('resumed'),
      startups: of('session_start').flatMap(({ data: { startupMs } }) => startupMs ?? []),
      ends: events.flatMap((event) => (event.type === 'session_end' ? event.data.reason : [])),
      errors: of('playback_error').map(({ data: { errorCode = '' } }) => errorCode),
    };
  }
}
