import { setTimeout as pause } from 'node:timers/promises';
import type {
  AppendRefusal,
  EventStore,
  EventToAppend,
  StoredEvent,
  StreamAppend,
} from '../ports/event-store.js';
import { CopyFailed } from './copy-failed.js';
import { firstDifference, type PlacedEvent } from './same-events.js';

/** Events in one append: with every field at its longest they stay below 1 MiB. */
const APPEND_EVENTS_MAX = 200;

/** Streams of the target that are read at once. */
const STREAMS_AT_ONCE = 32;

/** Pauses before an append of unknown outcome is sent again; after the last, the copy fails. */
const RETRY_PAUSES_MS: readonly number[] = [100, 250, 500, 1_000, 2_000, 4_000, 8_000];

export interface AppendRules {
  readonly retryPausesMs: readonly number[];
  /** Ends the pauses. */
  readonly signal: AbortSignal;
}

/**
 * Appends events to the streams that they came from, at the revisions that they had. Returns when
 * the target has acknowledged all of them; it passes over those that the target holds already.
 * Throws CopyFailed if a stream holds something else, if the target refuses events, or if an
 * outcome stays unknown.
 */
export async function appendCopies(
  target: EventStore,
  events: readonly PlacedEvent[],
  { retryPausesMs = RETRY_PAUSES_MS, signal }: Partial<AppendRules> = {},
): Promise<void> {
  for (const round of roundsOf(events)) {
    let unknown = await send(target, round);
    for (const pauseMs of retryPausesMs) {
      if (unknown.length === 0) break;
      await pause(pauseMs, undefined, signal && { signal });
      unknown = await send(target, unknown);
    }
    if (unknown.length > 0) {
      throw new CopyFailed(
        'the target does not say whether it stores the events. Nothing is lost: run this again ' +
          'when it is well, and it goes on from here',
      );
    }
  }
}

/** The events of one append: of one stream, one after the other. */
type Part = readonly [PlacedEvent, ...PlacedEvent[]];

/** Sends each part, and returns those of unknown outcome, to be sent again unchanged. */
async function send(target: EventStore, parts: readonly Part[]): Promise<readonly Part[]> {
  const outcomes = await target.append(parts.map(toAppend));
  const unknown: Part[] = [];
  for (const [index, part] of parts.entries()) {
    const outcome = outcomes[index];
    if (outcome?.kind === 'refused') throw refused(part[0].stream, outcome.reason);
    if (outcome?.kind === 'conflict') unknown.push(...(await sendRest(target, part)));
    else if (outcome?.kind !== 'appended') unknown.push(part);
  }
  return unknown;
}

/**
 * Sends the rest of a part whose stream does not end where the part begins. An earlier run may have
 * cut the stream into other parts: then the target holds the first events of this part.
 */
async function sendRest(target: EventStore, part: Part): Promise<readonly Part[]> {
  const [{ stream, revision }] = part;
  const held = (await target.readStream(stream)).slice(revision);
  if (held.length === 0 || firstDifference(part, held) !== undefined) {
    throw doesNotFit(stream, revision);
  }
  const [next, ...others] = part.slice(held.length);
  return next === undefined ? [] : send(target, [[next, ...others]]);
}

const REFUSALS: Readonly<Record<AppendRefusal, string>> = {
  'too-large': 'takes no append as large as events of it: raise its limit (MaxAppendSize)',
  deleted: 'holds it as deleted for good: copy into another prefix or server',
  'cut-off': 'holds it without its first events: copy into another prefix or server',
};

/** To send such an append again is of no use. */
const refused = (stream: string, reason: AppendRefusal): CopyFailed =>
  new CopyFailed(`stream ${stream} cannot be copied: the target ${REFUSALS[reason]}`, stream);

const doesNotFit = (stream: string, revision: number): CopyFailed =>
  new CopyFailed(
    `stream ${stream} of the target does not fit from revision ${String(revision)} on: what ` +
      'it holds is not a copy of this log',
    stream,
  );

const toAppend = (part: Part): StreamAppend => ({
  stream: part[0].stream,
  expectedRevision: part[0].revision - 1,
  events: part.map(toEvent),
});

/** Returns an event as it is appended to the target. */
export const toEvent = ({ id, type, version, recordedAt, data }: PlacedEvent): EventToAppend => ({
  id,
  type,
  version,
  recordedAt,
  data,
});

/**
 * Returns the events, in their order, that the target lacks. Throws CopyFailed where it holds
 * something else in the place of an event.
 */
export async function missingIn(
  target: EventStore,
  events: readonly StoredEvent[],
): Promise<readonly StoredEvent[]> {
  const streams = [...byStream(events)];
  const missing = new Set<StoredEvent>();
  for (let at = 0; at < streams.length; at += STREAMS_AT_ONCE) {
    const look = async ([stream, ours]: readonly [string, readonly StoredEvent[]]) => {
      const revision = ours[0]?.revision ?? 0;
      const held = (await target.readStream(stream)).slice(revision);
      if (firstDifference(ours, held) !== undefined) throw doesNotFit(stream, revision);
      for (const event of ours.slice(held.length)) missing.add(event);
    };
    await Promise.all(streams.slice(at, at + STREAMS_AT_ONCE).map(look));
  }
  return events.filter((event) => missing.has(event));
}

/** Cuts a batch into rounds: each has one part of a stream, so that the order is kept. */
function roundsOf(events: readonly PlacedEvent[]): readonly (readonly Part[])[] {
  const rounds: Part[][] = [];
  for (const ofStream of byStream(events).values()) {
    for (let round = 0; ; round += 1) {
      const at = round * APPEND_EVENTS_MAX;
      const [first, ...others] = ofStream.slice(at, at + APPEND_EVENTS_MAX);
      if (first === undefined) break;
      (rounds[round] ??= []).push([first, ...others]);
    }
  }
  return rounds;
}

function byStream<Event extends PlacedEvent>(
  events: readonly Event[],
): ReadonlyMap<string, readonly Event[]> {
  const streams = new Map<string, Event[]>();
  for (const event of events) {
    const ofStream = streams.get(event.stream);
    if (ofStream === undefined) streams.set(event.stream, [event]);
    else ofStream.push(event);
  }
  return streams;
}
