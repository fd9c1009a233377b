import { PlaybackStreams } from '../../src/commands/playback-streams.js';
import { type CommandOutcome } from '../../src/commands/command-outcome.js';
import { StreamWriter } from '../../src/commands/stream-writer.js';
import { playbackSession, type PlaybackCommand } from '../../src/domain/playback-session.js';
import type { EventStore } from '../../src/ports/event-store.js';
import { testIdentity, testNames, testVocabulary } from './test-log.js';
import { NOON } from './playback.js';
import { SettableClock } from './settable-clock.js';

/** Writes playback sessions, as one node does. */
export interface SessionWriter {
  execute(
    session: string,
    commands: readonly PlaybackCommand[],
  ): Promise<readonly CommandOutcome[]>;
}

export const SESSION = 's1';
const streamOf = (session: string): string => testNames.playback('m1', session);

export function sessionWriter(store: EventStore): SessionWriter {
  const streams = new PlaybackStreams(store, new SettableClock(NOON), testIdentity, testNames);
  return { execute: (session, commands) => streams.execute('m1', session, commands) };
}

/** One that remembers less; a session weighs 1 and 1 for each of its events. */
export function forgetfulWriter(store: EventStore, cacheWeightMax: number): SessionWriter {
  const writer = new StreamWriter({
    decider: playbackSession,
    store,
    vocabulary: testVocabulary(store),
    clock: new SettableClock(NOON),
    identity: testIdentity,
    cacheWeightMax,
    weigh: ({ eventIds }) => 1 + eventIds.size,
  });
  return {
    execute: (session, commands) => writer.execute({ stream: streamOf(session) }, commands),
  };
}

/** The position of one outcome that was accepted. */
export function donePosition(outcome: CommandOutcome | undefined): number {
  if (outcome?.kind !== 'done') throw new Error(`not done: ${JSON.stringify(outcome)}`);
  return outcome.position;
}

/** The event ids in a session, in order; throws where its revisions have gaps. */
export async function eventIdsIn(store: EventStore, session = SESSION): Promise<readonly string[]> {
  const events = await store.readStream(streamOf(session));
  return events.map(({ revision, data }, i) => {
    if (revision !== i) throw new Error(`revision ${String(revision)} in place of ${String(i)}`);
    return String(data.eventId);
  });
}
