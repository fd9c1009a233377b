import { jest } from '@jest/globals';
import { MadeUpMedia } from '../support/made-up-media.js';

interface Told {
  readonly type: string;
  readonly agoMs: number;
  readonly duration?: number;
  readonly playedFrom?: number;
  readonly playedTo?: number;
  readonly startupTime?: number;
  readonly mediaDuration?: number;
  readonly endReason?: string;
  readonly errorCode?: string;
  readonly context?: { readonly live?: boolean };
}
interface Followed {
  end(): void;
  error(): void;
}
interface Player {
  failure?: () => string | undefined;
  reports?: () => boolean;
  isLive?: () => boolean | undefined;
  isMending?: () => boolean;
}
interface Module {
  readonly Followed: new (media: object, teller: object, player?: Player) => Followed;
}

// The tracker knows the types of a page, and the tests those of Node.
const TRACKER = '../../tracker/view.js';
const { Followed } = (await import(TRACKER)) as Module;

let media: MadeUpMedia;
let told: Told[];
let sessions: number;
const pass = (seconds: number): void => {
  jest.advanceTimersByTime(seconds * 1_000);
};
const follow = (player?: Player): Followed => {
  const teller = {
    begin: () => (sessions += 1),
    tell: (type: string, details: object, agoMs: number) => told.push({ ...details, type, agoMs }),
  };
  return new Followed(media, teller, player);
};
const types = (): readonly string[] => told.map(({ type }) => type);
const of = (type: string): Told | undefined => told.find((one) => one.type === type);
const watched = (): number => told.reduce((sum, one) => sum + watchedIn(one), 0);
const WATCHED = /^(HEARTBEAT|PAUSED|SESSION_END|PLAYBACK_ERROR)$/;
const watchedIn = ({ type, duration = 0 }: Told): number => (WATCHED.test(type) ? duration : 0);
const shownStretches = (): readonly (readonly [number, number])[] =>
  told.flatMap(({ playedFrom, playedTo }) =>
    playedFrom === undefined || playedTo === undefined ? [] : [[playedFrom, playedTo] as const],
  );

beforeEach(() => {
  jest.useFakeTimers();
  pass(1);
  media = new MadeUpMedia((ms) => {
    jest.advanceTimersByTime(ms);
  });
  [told, sessions] = [[], 0];
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('the wish to play', () => {
  it('is told of with the start, and how long it took', () => {
    follow();
    media.wish();
    pass(0.4);
    media.fire('playing');
    expect(types()).toEqual(['PLAY_REQUESTED', 'SESSION_START']);
    expect([of('PLAY_REQUESTED')?.agoMs, of('SESSION_START')?.startupTime]).toEqual([400, 0.4]);
  });

  it('is forgotten where the browser refuses to play by itself, until somebody wants to', () => {
    const followed = follow();
    media.autoplay = true;
    media.fire('loadstart');
    pass(3);
    media.fire('canplaythrough');
    pass(60);
    expect(told).toEqual([]);
    media.wish();
    pass(0.2);
    media.fire('playing');
    expect(of('SESSION_START')?.startupTime).toBe(0.2);
    followed.end();
    media.pause();
    followed.end();
    expect([sessions, types().at(-1)]).toEqual([1, 'SESSION_END']);
  });

  it('that is withdrawn at once was none', () => {
    const followed = follow();
    media.wish();
    pass(0.5);
    media.pause();
    pass(20);
    followed.end();
    expect(told).toEqual([]);
  });

  it('that lasts is told of before the start, and begins anew where it was withdrawn', () => {
    follow();
    media.wish();
    pass(1.5);
    expect(types()).toEqual(['PLAY_REQUESTED']);
    media.pause();
    pass(30);
    media.wish();
    pass(0.5);
    media.fire('playing');
    expect(types()).toEqual(['PLAY_REQUESTED', 'SESSION_START']);
    expect([of('SESSION_START')?.startupTime, sessions]).toEqual([0.5, 1]);
  });

  it('that nothing came of ends as the page goes', () => {
    const followed = follow();
    media.wish();
    pass(0.5);
    followed.end();
    expect(types()).toEqual(['PLAY_REQUESTED', 'SESSION_END']);
    expect(of('SESSION_END')?.endReason).toBe('QUIT');
  });

  it('of which so much time went by tells of no startup time', () => {
    follow();
    media.wish();
    pass(700);
    media.fire('playing');
    expect(types()).toEqual(['PLAY_REQUESTED', 'SESSION_START']);
    expect(of('SESSION_START')?.startupTime).toBeUndefined();
  });
});

describe('a player that reports by itself', () => {
  it('is left to that, also where it begins to while it starts', () => {
    let reports = false;
    follow({ reports: () => reports });
    media.wish();
    pass(0.5);
    reports = true;
    media.fire('playing');
    media.shows(5);
    media.pause();
    expect(told).toEqual([]);
  });
});

describe('the length of a title', () => {
  it.each([2 ** 32, 31 * 86_400, Infinity])('of %d s is that of something live', (duration) => {
    follow();
    media.duration = duration;
    media.begin();
    expect(of('SESSION_START')).toMatchObject({ context: { live: true } });
    expect(of('SESSION_START')?.mediaDuration).toBeUndefined();
  });

  it('is none where the player knows that it is live, though it has one', () => {
    follow({ isLive: () => true });
    media.begin();
    expect(of('SESSION_START')).toMatchObject({ context: { live: true } });
    expect(of('SESSION_START')?.mediaDuration).toBeUndefined();
  });
});

describe('a stall', () => {
  const stalls = (ms: number): void => {
    media.fire('waiting');
    pass(ms / 1_000);
    media.fire('playing');
  };

  it('is one by its length, where timers are late', () => {
    const followed = follow();
    media.begin();
    media.shows(1);
    jest.spyOn(globalThis, 'setTimeout').mockReturnValue(0 as never);
    stalls(900);
    stalls(200);
    media.shows(1);
    followed.end();
    expect(types().filter((type) => type.startsWith('REBUFFER'))).toHaveLength(2);
    expect([of('REBUFFER_END')?.duration, of('REBUFFER_START')?.agoMs]).toEqual([0.9, 900]);
    expect(watched()).toBeCloseTo(2.2, 2);
  });

  it('that a seek leads out of ends with it, and the seek with the next moving picture', () => {
    follow();
    media.begin();
    media.shows(2);
    media.fire('waiting');
    pass(1);
    media.goTo(50);
    pass(0.1);
    media.arrives();
    pass(2);
    media.shows(0.25);
    expect(of('REBUFFER_END')?.duration).toBe(1);
    expect(of('SEEKED')?.duration).toBeCloseTo(2.35, 2);
  });
});

describe('what was shown', () => {
  it('is as far as it came, where a page stops by a jump to the beginning', () => {
    follow();
    media.begin();
    media.shows(5);
    pass(0.2);
    media.paused = true;
    media.currentTime = 0;
    media.seeking = true;
    media.fire('pause', 'seeking');
    expect(watched()).toBeCloseTo(5.2, 2);
    expect(shownStretches()).toEqual([[0, expect.closeTo(5.2, 2)]]);
  });

  it('is as far as it came, where another source takes its place', () => {
    follow();
    media.begin();
    media.shows(5);
    pass(0.2);
    Object.assign(media, { currentTime: 0, readyState: 0, duration: NaN });
    media.fire('emptied');
    expect(of('SESSION_END')).toMatchObject({ endReason: 'QUIT', playedFrom: 0 });
    expect(of('SESSION_END')?.playedTo).toBeCloseTo(5.2, 2);
    expect(watched()).toBeCloseTo(5.2, 2);
  });

  it('is nothing of what a page skips as the position is told', () => {
    const followed = follow();
    media.begin();
    media.shows(5);
    pass(0.2);
    media.currentTime = 60;
    media.seeking = true;
    media.fire('timeupdate', 'seeking');
    media.arrives();
    media.shows(2);
    followed.end();
    // A seek takes as long as the position does not move.
    expect(watched()).toBeCloseTo(6.95, 1);
    expect(shownStretches().filter(([from, to]) => from < 59 && to > 6)).toEqual([]);
  });

  it('is nothing of a view that did not begin', () => {
    const followed = follow();
    media.currentTime = 30;
    media.wish();
    pass(2);
    followed.end();
    expect(shownStretches()).toEqual([]);
  });

  it('is all of a loop, at a high rate in a hidden tab, which completes the view', () => {
    const followed = follow();
    Object.assign(media, { loop: true, duration: 10, playbackRate: 4 });
    media.begin();
    media.shows(2, 1_000);
    pass(0.5);
    media.goTo(0);
    media.arrives();
    media.shows(1, 1_000);
    followed.end();
    expect(types()).not.toContain('SEEKED');
    expect(told.find(({ playedTo }) => playedTo === 10)?.type).toBe('SESSION_END');
    expect(watched()).toBeCloseTo(3.5, 1);
  });
});

describe('what was given up', () => {
  it('is told of by the error of an element of which no player is known', () => {
    follow();
    media.begin();
    media.shows(2);
    media.error = { code: 3 };
    media.fire('error');
    pass(3);
    expect(types()).toEqual(['PLAY_REQUESTED', 'SESSION_START', 'PLAYBACK_ERROR', 'SESSION_END']);
    expect(of('SESSION_END')).toMatchObject({ endReason: 'FAILED', errorCode: 'MEDIA_ERR_3' });
  });

  it('is told of by none of its sources, and not by one of them', () => {
    follow();
    media.networkState = 2;
    media.wish();
    media.fire('error');
    pass(5);
    expect(types()).toEqual(['PLAY_REQUESTED']);
    media.networkState = 3;
    media.fire('error');
    pass(3);
    expect(of('SESSION_END')).toMatchObject({ endReason: 'FAILED', errorCode: 'MEDIA_ERR_4' });
  });

  it('is nothing of an element that gets another source, which begins as none', () => {
    follow();
    media.begin();
    media.shows(2);
    Object.assign(media, { currentTime: 0, readyState: 0, networkState: 3 });
    media.fire('emptied');
    expect(of('SESSION_END')).toMatchObject({ endReason: 'QUIT' });
    expect(types()).not.toContain('PLAYBACK_ERROR');
  });

  it('is for the player to say, where one is known', () => {
    const player: { failed?: string } = {};
    const followed = follow({ failure: () => player.failed });
    media.begin();
    media.error = { code: 3 };
    media.fire('error');
    pass(5);
    expect(types()).not.toContain('PLAYBACK_ERROR');
    media.error = null;
    media.shows(2);
    player.failed = 'fragLoadError';
    followed.error();
    media.shows(3);
    expect(types()).toContain('PLAYBACK_ERROR');
    expect(types()).not.toContain('SESSION_END');
    media.fire('waiting');
    expect(of('SESSION_END')).toMatchObject({ endReason: 'FAILED', errorCode: 'fragLoadError' });
  });

  it('ends a stall when it was given up, though that is told of later', () => {
    const player: { failed?: string } = {};
    const followed = follow({ failure: () => player.failed });
    media.begin();
    media.shows(2);
    media.fire('waiting');
    pass(4);
    player.failed = 'fragLoadError';
    followed.error();
    pass(3);
    expect(of('REBUFFER_END')?.duration).toBe(4);
    expect(of('SESSION_END')?.endReason).toBe('FAILED');
  });

  it('is nothing that the player mends with the same source, in the same view', () => {
    let failure: string | undefined;
    const followed = follow({ failure: () => failure, isMending: () => true });
    media.begin();
    media.shows(4);
    failure = 'bufferAppendError';
    followed.error();
    failure = undefined;
    Object.assign(media, { currentTime: 0, readyState: 0, paused: true });
    media.fire('emptied');
    pass(0.3);
    media.readyState = 4;
    media.wish();
    media.goTo(4);
    pass(0.7);
    media.arrives();
    media.shows(3);
    followed.end();
    expect([sessions, types().filter((type) => type === 'SESSION_START').length]).toEqual([1, 1]);
    expect(types()).not.toContain('PLAYBACK_ERROR');
    expect(of('SEEKED')?.duration).toBeCloseTo(1.25, 2);
    expect(watched()).toBeCloseTo(6.75, 1);
  });
});

describe('a pause', () => {
  it('of more than a day is told of as a day', () => {
    follow();
    media.begin();
    media.shows(1);
    media.pause();
    jest.spyOn(performance, 'now').mockReturnValue(100_000_000);
    media.begin();
    expect(of('RESUMED')?.duration).toBe(86_400);
  });
});
