import autocannon from 'autocannon';
import { readCmcdLine } from '../src/api/cmcd/read-line.js';
import type { PlaybackEvent, CmcdReported } from '../src/domain/event.js';
import { NEW_SESSION } from '../src/domain/session-state.js';
import { streamedSession, type SessionCommand } from '../src/domain/streamed-session.js';
import type { BenchServer } from './durable-mutation.js';
import type { Comparison } from './measure.js';

const CONNECTIONS = 64;
const ROUND_SECONDS = 4;
/** What a player reports at, and what the reporter of the examples does; seconds. */
const INTERVAL_SECONDS = 10;
const WATCHED_SECONDS = 3_600;

/** Compares a report of a player with an event of a player, each stored as one event. */
export function cmcdReports({ url }: BenchServer): Comparison {
  return {
    title: `One report a request, ${String(CONNECTIONS)} players`,
    unit: 'requests/s',
    aim: 0.6,
    subject: {
      name: 'POST /cmcd',
      run: () => load(url, '/cmcd', 'application/cmcd', cmcdPlayer),
    },
    peer: {
      name: 'POST /events',
      run: () => load(url, '/events', 'application/json', eventPlayer),
    },
  };
}

/** Returns what a player sends, one body after the other. */
type Player = (session: string) => () => string;

let sessions = 0;

async function load(url: string, path: string, type: string, player: Player): Promise<number> {
  const result = await autocannon({
    url: url + path,
    connections: CONNECTIONS,
    duration: ROUND_SECONDS,
    method: 'POST',
    headers: { 'content-type': type },
    setupClient: (client) => {
      sessions += 1;
      const next = player(`session-${String(sessions)}`);
      client.setBody(next());
      client.on('response', () => {
        client.setBody(next());
      });
    },
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${path}: some requests failed`);
  return result.requests.average;
}

const cmcdPlayer: Player = (session) => {
  const startedAt = Date.now();
  let number = -1;
  return () => {
    number += 1;
    return lineOf(session, number, startedAt);
  };
};

/** A player that starts, plays, and then says at its interval that it still does. */
function lineOf(session: string, number: number, startedAt: number): string {
  const state = number === 0 ? 's' : 'p';
  const event = number < 2 ? 'ps' : 't';
  const at = startedAt + (number < 2 ? number : (number - 1) * INTERVAL_SECONDS * 1_000);
  return (
    `bl=(5800),br=(1552),cid="media-1",e=${event},mtp=(12400),sf=h,sid="${session}",` +
    `sn=${String(number)},st=v,sta=${state},ts=${String(at)},v=2\n`
  );
}

const eventPlayer: Player = (session) => {
  let number = -1;
  return () => {
    number += 1;
    const isStart = number === 0;
    return JSON.stringify([
      {
        mediaId: 'media-1',
        sessionId: session,
        eventId: String(number),
        eventType: isStart ? 'SESSION_START' : 'HEARTBEAT',
        ...(!isStart && { duration: INTERVAL_SECONDS, bytesLoaded: 1_940_000 }),
      },
    ]);
  };
};

/** Says what an hour of watching costs, beside the same told by events. */
export function costOfWatching(): string {
  const reports = WATCHED_SECONDS / INTERVAL_SECONDS;
  const startedAt = Date.now();
  const byCmcd = storedOf((number) => {
    const line = readCmcdLine(lineOf('session-1', number, startedAt).trim(), RATES);
    if (typeof line === 'string') throw new Error(line);
    const { report, sessionId } = line;
    const input = { kind: 'report', report, now: report.at, clockErrorMs: 0 } as const;
    return { kind: 'cmcd', mediaId: 'media-1', sessionId, inputs: [input] };
  }, reports + 2);
  const byEvents = storedOf((number) => {
    const isStart = number === 0;
    const report = {
      type: isStart ? 'session_start' : 'heartbeat',
      mediaId: 'media-1',
      sessionId: 'session-1',
      isImplicit: false,
      eventId: String(number),
      occurredAt: startedAt + number * INTERVAL_SECONDS * 1_000,
      ...(!isStart && { durationMs: INTERVAL_SECONDS * 1_000, bytes: 1_940_000 }),
    } as const;
    return { kind: 'record', report };
  }, reports + 1);
  return (
    `An hour of watching, reported every ${String(INTERVAL_SECONDS)} s, is ` +
    `${String(byCmcd.events)} events of ${kilobytes(byCmcd.bytes)} by CMCD, ` +
    `${String(byEvents.events)} of ${kilobytes(byEvents.bytes)} by events.`
  );
}

const RATES = { ladder: [], areBytesEstimated: true };
const kilobytes = (bytes: number): string => `${String(Math.round(bytes / 1_000))} kB`;

/** What is stored of commands to one session: events, and the bytes of their data. */
function storedOf(
  commandOf: (number: number) => SessionCommand,
  count: number,
): { readonly events: number; readonly bytes: number } {
  let state = NEW_SESSION;
  const stored: (PlaybackEvent | CmcdReported)[] = [];
  for (let number = 0; number < count; number += 1) {
    for (const event of streamedSession.decide(state, commandOf(number))) {
      stored.push(event);
      state = streamedSession.evolve(state, { ...event, recordedAt: Date.now() });
    }
  }
  const bytes = stored.reduce((sum, { data }) => sum + JSON.stringify(data).length, 0);
  return { events: stored.length, bytes };
}
