import type { Device, Title } from './catalogue.js';
import { createPeople, drawTitle, type People } from './people.js';
import { createRandom, createWheel, type Random } from './random.js';
import { recordedSeconds, type Recording } from './recordings.js';
import { replayMs, type PlannedAttempt, type PlannedSession } from './replay.js';

export const sessionCount = 2_400;
const attemptCount = 110;
/** The share of attempts that fail; of the others the viewer has had enough. */
const failedShare = 0.4;
const waitMsMax = 20_000;

const hourMs = 3_600_000;
/** The hours that are planned: of the reports' 168, the oldest is about to leave the window. */
const hoursPlanned = 167;
/** The last event ends so long before now that it is in the past on every clock. */
const endsBeforeNowMs = 10_000;
const anonymousShare = 0.08;

/** The weight of each hour of a day (UTC): little is watched at night, most after dinner. */
const hourWeights = [
  6, 4, 2, 1, 1, 1, 2, 4, 6, 7, 8, 9, 12, 11, 10, 10, 12, 15, 20, 26, 30, 28, 20, 12,
] as const;
const weekendFactor = 1.4;

/**
 * The weights of the recordings that a device's sessions follow. The viewers of `restless`
 * recordings do not stay: the longer the title, the more frequent they are.
 */
const habits: Readonly<Record<Device, Readonly<Record<string, number>>>> = {
  television: {
    'television-full-watch': 45,
    'full-watch': 15,
    throttled: 8,
    stalls: 4,
    'quits-half-way': 12,
    fails: 1,
  },
  laptop: { 'laptop-full-watch': 45, seeks: 18, stalls: 7, 'quits-half-way': 10, fails: 2 },
  phone: { 'phone-full-watch': 40, 'phone-quits-early': 25, throttled: 6, fails: 1 },
};
const restless = new Set(['quits-half-way', 'phone-quits-early']);
const restlessMinutes = 40;

/** The share of sessions that use their title's usual device instead of the viewer's. */
const titlesDeviceShare = 0.5;

interface AudienceOptions {
  readonly seed: number;
  readonly nowMs: number;
  readonly recordings: readonly Recording[];
  /** The share of the usual sessions and attempts that there are; 1 if it is left out. */
  readonly share?: number;
  /** What the ids of sessions begin with, so that those of several weeks differ. */
  readonly prefix?: string;
  /** Who watches, where several plans are of the same people. */
  readonly people?: People;
}

/** Plans a week of sessions, in the order of their beginnings; the same for the same options. */
export function planAudience(options: AudienceOptions): PlannedSession[] {
  const { seed, nowMs, recordings, share = 1, prefix = '' } = options;
  const random = createRandom(seed);
  const { drawViewer, circumstancesOf } = options.people ?? createPeople(seed);
  const drawHour = createWheel(hoursBefore(nowMs), hourWeight);
  const drawRecording = createRecordingWheels(recordings);
  const length = Math.round(share * sessionCount);
  const sessions = Array.from({ length }, (_, index): PlannedSession => {
    const viewer = drawViewer(random);
    const title = drawTitle(random);
    const isTitles = title.device !== undefined && random() < titlesDeviceShare;
    const device = isTitles ? title.device : viewer.device;
    const recording = drawRecording(device, title, random);
    const stretch = (title.minutes * 60) / recordedSeconds;
    const latestMs = nowMs - endsBeforeNowMs - replayMs(recording, stretch);
    let startMs = Infinity;
    while (startMs > latestMs) startMs = drawHour(random) + random() * hourMs;
    return {
      recording,
      mediaId: title.mediaId,
      sessionId: `${prefix}session-${String(index + 1).padStart(4, '0')}`,
      userId: random() < anonymousShare ? undefined : viewer.userId,
      startMs,
      stretch,
      context: circumstancesOf(viewer, device, title),
    };
  });
  return sessions.sort((a, b) => a.startMs - b.startMs);
}

/** Plans the attempts of the same week in which nobody got to see anything. */
export function planAttempts(options: Omit<AudienceOptions, 'recordings'>): PlannedAttempt[] {
  const { seed, nowMs, share = 1, prefix = '' } = options;
  const random = createRandom(seed + 1);
  const { drawViewer, circumstancesOf } = options.people ?? createPeople(seed);
  const drawHour = createWheel(hoursBefore(nowMs), hourWeight);
  const length = Math.round(share * attemptCount);
  return Array.from({ length }, (_, index): PlannedAttempt => {
    const viewer = drawViewer(random);
    const title = drawTitle(random);
    const waitMs = waitMsMax * random();
    const latestMs = nowMs - endsBeforeNowMs - waitMsMax;
    return {
      mediaId: title.mediaId,
      sessionId: `${prefix}attempt-${String(index + 1).padStart(4, '0')}`,
      userId: random() < anonymousShare ? undefined : viewer.userId,
      startMs: Math.min(latestMs, drawHour(random) + random() * hourMs),
      waitMs,
      hasFailed: random() < failedShare,
      context: circumstancesOf(viewer, viewer.device, title),
    };
  });
}

/** Returns the beginnings of the hours that can be drawn, counted back from now. */
const hoursBefore = (nowMs: number): number[] =>
  Array.from({ length: hoursPlanned }, (_, index) => nowMs - (hoursPlanned - index) * hourMs);

function hourWeight(startMs: number): number {
  const start = new Date(startMs);
  const isWeekend = start.getUTCDay() === 0 || start.getUTCDay() === 6;
  return (hourWeights[start.getUTCHours()] ?? 0) * (isWeekend ? weekendFactor : 1);
}

function createRecordingWheels(recordings: readonly Recording[]) {
  const byName = new Map(recordings.map((recording) => [recording.name, recording]));
  return (device: Device, title: Title, random: Random): Recording => {
    const draw = createWheel(Object.entries(habits[device]), ([name, weight]) =>
      restless.has(name) ? (weight * title.minutes) / restlessMinutes : weight,
    );
    const [name] = draw(random);
    const recording = byName.get(name);
    if (recording === undefined) throw new Error(`the recording ${name}.ndjson is missing`);
    return recording;
  };
}
