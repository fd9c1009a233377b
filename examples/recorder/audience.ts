import type { LinePlan } from './line.js';
import type { Film } from './media.js';
import { toTheEnd, type Scenario } from './scenario.js';

/** A title in the qualities and at the rates of a real service. */
export const DEMO_FILM: Film = {
  name: 'demo',
  seconds: 60,
  segmentSeconds: 4,
  renditions: [
    { width: 640, height: 360, videoKbps: 800 },
    { width: 1_280, height: 720, videoKbps: 2_800 },
    { width: 1_920, height: 1_080, videoKbps: 5_000 },
  ],
};

const TV = { width: 1_920, height: 1_080 };
const LAPTOP = { width: 1_280, height: 720 };
const PHONE = { width: 640, height: 360 };
const FIBRE: LinePlan = { rates: [{ fromSecond: 0, kbps: 40_000 }] };
const MOBILE: LinePlan = { rates: [{ fromSecond: 0, kbps: 4_000 }] };
const BUFFER_SECONDS = 12;

interface Seated {
  readonly viewport: { readonly width: number; readonly height: number };
  /** The level of the ladder at which the player begins. */
  readonly startLevel: number;
  /** Undefined for somebody who is not signed in. */
  readonly viewer?: string;
  readonly bufferSeconds?: number;
}

type Planned = Omit<Scenario, 'titles' | 'seat'>;

const seated = (scenario: Planned, seat: Seated): Scenario => {
  const { viewport, startLevel, viewer, bufferSeconds = BUFFER_SECONDS } = seat;
  const hls = { startLevel, capLevelToPlayerSize: true };
  return {
    ...scenario,
    titles: [DEMO_FILM.name],
    seat: { viewport, bufferSeconds, viewer, hls },
  };
};

const watching: readonly Scenario[] = [
  seated(
    {
      name: 'full-watch',
      says: 'a television on a fast line, from the first to the last frame; an answer gets lost',
      line: FIBRE,
      gate: () => ({ losesFirstAnswer: true }),
      act: toTheEnd,
    },
    { viewport: TV, startLevel: 1, viewer: 'viewer-television' },
  ),
  seated(
    {
      name: 'television-full-watch',
      says: 'a television that knows its line: the best quality from the first frame on',
      line: FIBRE,
      act: toTheEnd,
    },
    { viewport: TV, startLevel: 2, viewer: 'viewer-television' },
  ),
  seated(
    {
      name: 'laptop-full-watch',
      says: 'a small window: 720p is enough',
      line: FIBRE,
      act: toTheEnd,
    },
    { viewport: LAPTOP, startLevel: 1, viewer: 'viewer-laptop' },
  ),
  seated(
    {
      name: 'phone-full-watch',
      says: 'a phone on a mobile line, watched to the end by somebody who is not signed in',
      line: MOBILE,
      act: toTheEnd,
    },
    { viewport: PHONE, startLevel: 0 },
  ),
];

const troubled: readonly Scenario[] = [
  seated(
    {
      name: 'throttled',
      says: 'the line grows narrow and wide again; the player follows',
      line: {
        rates: [
          { fromSecond: 0, kbps: 20_000 },
          { fromSecond: 8, kbps: 2_000 },
          { fromSecond: 26, kbps: 40_000 },
        ],
      },
      act: toTheEnd,
    },
    { viewport: TV, startLevel: 2, viewer: 'viewer-train' },
  ),
  seated(
    {
      name: 'stalls',
      says: 'the server falls silent twice, longer than the buffer lasts',
      line: {
        rates: [{ fromSecond: 0, kbps: 12_000 }],
        silences: [
          { at: 16, seconds: 9 },
          { at: 36, seconds: 12 },
        ],
      },
      act: toTheEnd,
    },
    { viewport: LAPTOP, startLevel: 1, viewer: 'viewer-cellar', bufferSeconds: 4 },
  ),
  seated(
    {
      name: 'fails',
      says: 'the last two thirds of the media are missing on the server',
      line: { ...FIBRE, missingFrom: 20 },
      isFailing: true,
      act: async (viewer) => {
        await viewer.stalls();
        await viewer.sleep(1);
      },
    },
    { viewport: LAPTOP, startLevel: 1, viewer: 'viewer-unlucky' },
  ),
];

const restless: readonly Scenario[] = [
  seated(
    {
      name: 'quits-half-way',
      says: 'the viewer pauses, plays on, and leaves the page half way',
      line: FIBRE,
      act: async (viewer) => {
        await viewer.until(18);
        await viewer.pause();
        await viewer.sleep(4);
        await viewer.play();
        await viewer.until(30);
        await viewer.leave();
      },
    },
    { viewport: TV, startLevel: 2, viewer: 'viewer-television' },
  ),
  seated(
    {
      name: 'seeks',
      says: 'the viewer skips the opening and a scene, and looks at another one twice',
      line: FIBRE,
      act: async (viewer) => {
        await viewer.until(5);
        await viewer.seek(20);
        await viewer.until(32);
        await viewer.seek(26);
        await viewer.until(34);
        await viewer.seek(48);
        await toTheEnd(viewer);
      },
    },
    { viewport: LAPTOP, startLevel: 1, viewer: 'viewer-impatient' },
  ),
  seated(
    {
      name: 'phone-quits-early',
      says: 'a phone on a mobile line; the viewer looks in and goes',
      line: MOBILE,
      act: async (viewer) => {
        await viewer.until(11);
        await viewer.leave();
      },
    },
    { viewport: PHONE, startLevel: 0, viewer: 'viewer-phone' },
  ),
];

/** The sessions that the demo replays. */
export const AUDIENCE: readonly Scenario[] = [...watching, ...troubled, ...restless];
