import type { Delivery, Link } from './link.js';
import { segmentSeconds } from './ladder.js';
import type { Report, SentEvent } from './relay.js';
import type { Scenario } from './scenarios.js';
import type { Playback } from './viewer.js';

/** All that is known of a recorded session, from four sides. */
export interface Recording {
  readonly scenario: Scenario;
  readonly report: Report;
  readonly link: Link;
  readonly playback: Playback;
}

/**
 * Twice the 50 ms between two looks at a seek, the frames shown before `playing` is told and the
 * frames between the last look and the end of the page.
 */
const watchedToleranceSeconds = 0.5;
/** The delay of an event, and a look at either end. */
const stallToleranceSeconds = 0.3;
/** A shorter standstill is a player getting under way, not a stall. */
const stallSecondsMin = 0.3;
/** A segment that finished this shortly before the end may not have reached the page. */
const inFlightMs = 500;

/** Lists the faults of a session's reports in sentences; empty if they tell what happened. */
export function findFaults(recording: Recording): string[] {
  const checks = [checkOrder, checkWatched, checkStalls, checkBytes, checkQualities, checkRetry];
  return checks.flatMap((check) => check(recording));
}

export const watchedSeconds = (events: readonly SentEvent[]): number =>
  sum(events.map((event) => (isStallEvent(event) ? 0 : (event.duration ?? 0))));

function checkOrder({ scenario, report: { events } }: Recording): string[] {
  const last = events.at(-1);
  const ids = events.map(({ eventId }) => eventId).join();
  const counted = events.map((_, index) => String(index + 1)).join();
  return [
    ...fault(ids !== counted, `event ids are ${ids}`),
    ...fault(new Set(events.map(({ sessionId }) => sessionId)).size !== 1, 'several session ids'),
    ...fault(count(events, 'SESSION_START') !== 1, 'not one SESSION_START'),
    ...fault(count(events, 'SESSION_END') !== 1, 'not one SESSION_END'),
    ...fault(
      last?.eventType !== 'SESSION_END' || last.endReason !== scenario.expect.endReason,
      `ends with ${String(last?.eventType)} ${String(last?.endReason)}`,
    ),
    ...fault(
      count(events, 'PLAYBACK_ERROR') > 0 !== (scenario.expect.endReason === 'FAILED'),
      `${String(count(events, 'PLAYBACK_ERROR'))} PLAYBACK_ERROR`,
    ),
  ];
}

function checkWatched({ scenario, report, playback }: Recording): string[] {
  const reported = watchedSeconds(report.events);
  const moved = sum(steps(playback).map(({ advance }) => (isPlaying(advance) ? advance : 0)));
  const played = sum(playback.played.map(([start, end]) => end - start));
  const measures = scenario.expect.watchesAgain ? { moved } : { moved, played };
  return Object.entries(measures).flatMap(([name, seconds]) =>
    fault(
      Math.abs(reported - seconds) > watchedToleranceSeconds,
      `${reported.toFixed(2)} s reported as watched, but ${name} ${seconds.toFixed(2)} s`,
    ),
  );
}

function checkStalls({ scenario, report: { events }, playback }: Recording): string[] {
  const { stallsMin, stallsMax } = scenario.expect;
  const reported = events.filter(isStallEvent);
  const alternate = reported.every(
    ({ eventType }, i) => eventType === (i % 2 === 0 ? 'REBUFFER_START' : 'REBUFFER_END'),
  );
  const stalls = reported.length / 2;
  const seconds = sum(reported.map(({ duration }) => duration ?? 0));
  const stoodStill = sum(standstills(playback, endMs(events)));
  return [
    ...fault(!alternate || !Number.isInteger(stalls), 'stalls do not come in pairs'),
    ...fault(stalls < stallsMin || stalls > stallsMax, `${String(stalls)} stalls`),
    ...fault(
      Math.abs(seconds - stoodStill) > stallToleranceSeconds * Math.max(1, stalls),
      `${seconds.toFixed(2)} s reported as stalled, but it stood still ${stoodStill.toFixed(2)} s`,
    ),
  ];
}

/** Checks the bytes of each quality: those sent, but for any under way at the end or given up. */
function checkBytes({ report: { events }, link: { deliveries } }: Recording): string[] {
  const labels = new Set([...deliveries.map(({ rendition }) => rendition), ...qualities(events)]);
  return [...labels].flatMap((label) => {
    const ofLabel = deliveries.filter(({ rendition }) => rendition === label);
    const arrived = ofLabel.filter(
      ({ finishedAtMs }) => (finishedAtMs ?? Infinity) < endMs(events) - inFlightMs,
    );
    const atLeast = sum(arrived.map(({ bytes }) => bytes));
    const atMost = sum(ofLabel.map(({ bytesSent }) => bytesSent));
    const reported = sum(
      events.map(({ quality, bytesLoaded }) => (quality === label ? (bytesLoaded ?? 0) : 0)),
    );
    return fault(
      reported < atLeast || reported > atMost,
      `${String(reported)} bytes told at ${label}, sent ${String(atLeast)} to ${String(atMost)}`,
    );
  });
}

/** Checks that the qualities on screen, as told, are those of the segments that were played. */
function checkQualities({ scenario, report, link, playback }: Recording): string[] {
  const told = withoutRepeats(
    report.events
      .filter(({ eventType }) => ['SESSION_START', 'QUALITY_CHANGED'].includes(eventType))
      .map(({ quality }) => String(quality)),
  ).join(' > ');
  // The player may not have told the quality of a segment that has only just begun.
  const shown = [0, stallSecondsMin].map((secondsMin) =>
    withoutRepeats(shownQualities(link.deliveries, playback, secondsMin)).join(' > '),
  );
  return [
    ...fault(!shown.includes(told), `told ${told}, but shown ${shown.join(' or ')}`),
    ...fault(!scenario.expect.qualities.test(told), `told ${told}, against the plan`),
  ];
}

function checkRetry({ scenario, report }: Recording): string[] {
  const wanted = scenario.losesFirstAnswer === true;
  return fault(wanted !== report.repeated > 0, `${String(report.repeated)} events sent again`);
}

function shownQualities(
  deliveries: readonly Delivery[],
  playback: Playback,
  secondsMin: number,
): string[] {
  const shown = playback.played.flatMap(([start, end]) => {
    const segments: number[] = [];
    for (let n = Math.floor(start / segmentSeconds); n * segmentSeconds < end; n++) {
      const from = Math.max(start, n * segmentSeconds);
      const to = Math.min(end, (n + 1) * segmentSeconds);
      if (to - from > secondsMin) segments.push(n);
    }
    return segments;
  });
  return shown.flatMap((n) => {
    const last = deliveries.findLast((d) => d.segment === n && d.finishedAtMs !== undefined);
    return last === undefined ? [] : [last.rendition];
  });
}

/** Returns the way that the position moved from each look to the next. */
function steps({ looks }: Playback) {
  return looks.slice(1).map(([atMs, position, meantToMove], index) => {
    const before = looks[index] ?? [atMs, position, meantToMove];
    return { atMs, seconds: (atMs - before[0]) / 1000, advance: position - before[1], meantToMove };
  });
}

/** Says whether the position stepped between two looks, and did not jump. */
const isPlaying = (advance: number): boolean => advance > 0 && advance < 1;

/** Returns the seconds of each stop after the first frame in which the player was meant to move. */
function standstills(playback: Playback, untilMs: number): number[] {
  const found: number[] = [];
  let started = false;
  let still = 0;
  for (const { atMs, seconds, advance, meantToMove } of steps(playback)) {
    started ||= isPlaying(advance);
    if (started && meantToMove && advance === 0 && atMs < untilMs) {
      still += seconds;
      continue;
    }
    found.push(still);
    still = 0;
  }
  return [...found, still].filter((stop) => stop >= stallSecondsMin);
}

const isStallEvent = ({ eventType }: SentEvent): boolean => eventType.startsWith('REBUFFER');

const endMs = (events: readonly SentEvent[]): number => Date.parse(events.at(-1)?.occurredAt ?? '');

const qualities = (events: readonly SentEvent[]): string[] =>
  events.flatMap(({ quality }) => quality ?? []);

const count = (events: readonly SentEvent[], type: string): number =>
  events.filter(({ eventType }) => eventType === type).length;

const withoutRepeats = (list: readonly string[]): string[] =>
  list.filter((item, index) => item !== list[index - 1]);

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const fault = (isWrong: boolean, what: string): string[] => (isWrong ? [what] : []);
