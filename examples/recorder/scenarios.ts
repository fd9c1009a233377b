import type { LinkPlan } from './link.js';
import type { Setting, Viewer } from './viewer.js';

/** A session to record. Its name is the media id, and the file name of the recording. */
export interface Scenario extends Setting {
  readonly says: string;
  readonly link: LinkPlan;
  /** True if the server's first answer gets lost on its way back. */
  readonly losesFirstAnswer?: boolean;
  /** The viewer's acts; undefined for a viewer who stays until there is nothing more to see. */
  readonly act?: (viewer: Viewer) => Promise<void>;
  readonly expect: {
    readonly endReason: 'ENDED' | 'QUIT' | 'FAILED';
    readonly stallsMin: number;
    readonly stallsMax: number;
    /** True if some of the media is shown twice. */
    readonly watchesAgain?: boolean;
    /** The pattern of the labels on screen, joined with ` > `. */
    readonly qualities: RegExp;
  };
}

const tv = { width: 1920, height: 1080 };
const laptop = { width: 1280, height: 720 };
const phone = { width: 640, height: 360 };
const fibre: LinkPlan = { rates: [{ fromSecond: 0, kbps: 40_000 }] };
const mobile: LinkPlan = { rates: [{ fromSecond: 0, kbps: 4_000 }] };

const usual = { bufferSeconds: 12, startLevel: 1 };
const noStalls = { stallsMin: 0, stallsMax: 0 };

export const scenarios: readonly Scenario[] = [
  {
    ...usual,
    name: 'full-watch',
    says: 'a television on a fast line, from the first to the last frame',
    userId: 'viewer-television',
    size: tv,
    link: fibre,
    losesFirstAnswer: true,
    expect: { endReason: 'ENDED', ...noStalls, qualities: /^720p > 1080p$/ },
  },
  {
    ...usual,
    name: 'television-full-watch',
    says: 'a television that knows its line: the best quality from the first frame on',
    userId: 'viewer-television',
    size: tv,
    startLevel: 2,
    link: fibre,
    expect: { endReason: 'ENDED', ...noStalls, qualities: /^1080p$/ },
  },
  {
    ...usual,
    name: 'laptop-full-watch',
    says: 'a small window: 720p is enough',
    userId: 'viewer-laptop',
    size: laptop,
    link: fibre,
    expect: { endReason: 'ENDED', ...noStalls, qualities: /^720p$/ },
  },
  {
    ...usual,
    name: 'phone-full-watch',
    says: 'a phone on a mobile line, watched to the end by somebody who is not signed in',
    size: phone,
    startLevel: 0,
    link: mobile,
    expect: { endReason: 'ENDED', ...noStalls, qualities: /^360p$/ },
  },
  {
    ...usual,
    name: 'throttled',
    says: 'the line grows narrow and wide again; the player follows',
    userId: 'viewer-train',
    size: tv,
    startLevel: 2,
    link: {
      rates: [
        { fromSecond: 0, kbps: 20_000 },
        { fromSecond: 8, kbps: 2_000 },
        { fromSecond: 26, kbps: 40_000 },
      ],
    },
    expect: {
      endReason: 'ENDED',
      stallsMin: 0,
      stallsMax: 3,
      qualities: /^1080p > .*360p > .*(720|1080)p$/,
    },
  },
  {
    ...usual,
    name: 'stalls',
    says: 'the server falls silent twice, longer than the buffer lasts',
    userId: 'viewer-cellar',
    size: laptop,
    bufferSeconds: 4,
    link: {
      rates: [{ fromSecond: 0, kbps: 12_000 }],
      pauses: [
        { segment: 4, seconds: 9 },
        { segment: 9, seconds: 12 },
      ],
    },
    expect: { endReason: 'ENDED', stallsMin: 2, stallsMax: 4, qualities: /^720p/ },
  },
  {
    ...usual,
    name: 'quits-half-way',
    says: 'the viewer pauses, plays on, and leaves the page half way',
    userId: 'viewer-television',
    size: tv,
    startLevel: 2,
    link: fibre,
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.until(18);
      await viewer.pause(4);
      await viewer.until(30);
      await viewer.leave();
    },
    expect: { endReason: 'QUIT', ...noStalls, qualities: /^1080p$/ },
  },
  {
    ...usual,
    name: 'seeks',
    says: 'the viewer skips the opening and a scene, and looks at another one twice',
    userId: 'viewer-impatient',
    size: laptop,
    link: fibre,
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.until(5);
      await viewer.seek(20);
      await viewer.until(32);
      await viewer.seek(26);
      await viewer.until(34);
      await viewer.seek(48);
    },
    expect: {
      endReason: 'ENDED',
      stallsMin: 0,
      stallsMax: 1,
      watchesAgain: true,
      qualities: /^720p$/,
    },
  },
  {
    ...usual,
    name: 'fails',
    says: 'the last two thirds of the media are missing on the server',
    userId: 'viewer-unlucky',
    size: laptop,
    link: { ...fibre, missingFromSegment: 5 },
    expect: { endReason: 'FAILED', stallsMin: 0, stallsMax: 1, qualities: /^720p/ },
  },
  {
    ...usual,
    name: 'phone-quits-early',
    says: 'a phone on a mobile line; the viewer looks in and goes',
    userId: 'viewer-phone',
    size: phone,
    startLevel: 0,
    link: mobile,
    act: async (viewer: Viewer): Promise<void> => {
      await viewer.until(11);
      await viewer.leave();
    },
    expect: { endReason: 'QUIT', ...noStalls, qualities: /^360p$/ },
  },
];
