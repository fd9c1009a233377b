import { planAttempts, planAudience } from '../../demo/audience.js';
import { catalogue } from '../../demo/catalogue.js';
import { readRecordings, type StreamingEvent } from '../../demo/recordings.js';
import { figuresOf } from '../../demo/session-figures.js';
import { findSliceMismatches, type Slices } from '../../demo/slices.js';
import { tell, tellAttempt } from '../../demo/telling.js';

const recordings = await readRecordings('examples/sessions');
const nowMs = Date.parse('2026-03-18T14:37:12.345Z');
const plan = planAudience({ seed: 7, nowMs, recordings });
const attempts = planAttempts({ seed: 7, nowMs });
const sessions = [...plan.map(tell), ...attempts.map(tellAttempt)];
const contexts = sessions.map(([first]) => first?.context);
const share = (is: (context: NonNullable<(typeof contexts)[number]>) => boolean): number =>
  contexts.filter((context) => context !== undefined && is(context)).length / contexts.length;

describe('what the audience of the demo tells', () => {
  it('begins with the wish to play, and where and with what that is', () => {
    expect(new Set(sessions.map(([first]) => first?.eventType))).toEqual(
      new Set(['PLAY_REQUESTED']),
    );
    expect(contexts).not.toContain(undefined);
    expect(share(({ country }) => country === 'DE')).toBeGreaterThan(0.2);
    expect(share(({ device }) => device === 'TV')).toBeGreaterThan(0.3);
    expect(share(({ referrer }) => referrer !== undefined)).toBeGreaterThan(0.05);
    expect(share(({ live }) => live)).toBeGreaterThan(0.03);
  });

  it('is that a viewer stays in a country', () => {
    const homes = new Map<string, Set<string>>();
    for (const { userId, context } of plan) {
      if (userId === undefined) continue;
      homes.set(userId, (homes.get(userId) ?? new Set()).add(context.country));
    }
    expect(Math.max(...[...homes.values()].map(({ size }) => size))).toBe(1);
  });

  it('has ids of its own for each event of a session, in the order of time', () => {
    for (const events of sessions) {
      expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
      const times = events.map(({ occurredAt }) => occurredAt);
      expect(times).toEqual([...times].sort());
    }
  });

  it('shows stretches within the title, one behind the other but for seeks', () => {
    const lengths = new Map(catalogue.map(({ mediaId, minutes }) => [mediaId, minutes * 60]));
    let seeks = 0;
    for (const events of sessions) {
      let at = 0;
      for (const { eventType, mediaId, playedFrom, playedTo } of events) {
        if (eventType === 'SEEKED') {
          seeks += 1;
          at = -1;
        }
        if (playedFrom === undefined || playedTo === undefined) continue;
        if (at >= 0) expect(Math.abs(playedFrom - at)).toBeLessThan(0.01);
        expect(playedTo).toBeGreaterThan(playedFrom);
        expect(playedTo).toBeLessThanOrEqual(lengths.get(mediaId) ?? 0);
        at = playedTo;
      }
    }
    expect(seeks).toBeGreaterThan(100);
  });

  it('gives what is going on no length', () => {
    const live = sessions.filter(([first]) => first?.context?.live === true).flat();
    expect(live.length).toBeGreaterThan(100);
    for (const { mediaDuration, playedTo } of live) {
      expect([mediaDuration, playedTo]).toEqual([undefined, undefined]);
    }
  });

  it('holds failures, and attempts that came to nothing', () => {
    const figures = figuresOf(sessions);
    expect(figures.attempts - figures.views).toBe(attempts.length);
    for (const rate of ['startFailureRate', 'exitBeforeStartRate', 'playbackFailureRate'] as const)
      expect(figures[rate]).toBeGreaterThan(0.005);
    const codes = new Set(sessions.flat().flatMap(({ errorCode }) => errorCode ?? []));
    expect(codes).toEqual(new Set(['manifestLoadError', 'fragLoadError']));
  });
});

describe('the proof of slices', () => {
  const session = (country: string, ...types: readonly string[]): readonly StreamingEvent[] =>
    types.map((eventType, i) => ({
      ...{ mediaId: 'm', eventType, eventId: String(i), sessionId: country, occurredAt: '' },
      context: {
        ...{ device: 'TV', os: 'x', player: 'p', app: 'a', cdn: 'c', live: false },
        country,
      },
    }));
  const sent = [session('DE', 'SESSION_START'), session('FR', 'PLAY_REQUESTED', 'SESSION_END')];
  const told = (list: typeof sent) => {
    const { startupCount: count, ...figures } = figuresOf(list);
    return { ...figures, startupTime: { count } };
  };
  const slices = (germany: object): Slices => {
    const edges = [
      { node: { value: 'DE', label: '', share: 0, figures: germany } },
      { node: { value: 'FR', label: '', share: 0, figures: told(sent.slice(1)) } },
    ];
    const breakdown = { edges, totalCount: 2, sampled: 1 };
    return {
      figures: { figures: told(sent), sampled: 1 },
      breakdowns: new Map([['COUNTRY', breakdown]]),
    } as unknown as Slices;
  };

  it('finds nothing where all is as it was sent', () => {
    expect(findSliceMismatches(sent, slices(told(sent.slice(0, 1))))).toEqual([]);
  });

  it.each([
    ['views', 2],
    ['attempts', 0],
    ['startFailureRate', 0.001],
    ['playbackFailureRate', null],
    ['bytes', 1],
  ])('finds a wrong %s', (name, value) => {
    const wrong = { ...told(sent.slice(0, 1)), [name]: value };
    expect(findSliceMismatches(sent, slices(wrong))).toEqual([
      expect.stringMatching(new RegExp(`^COUNTRY DE: ${name}: the server says`)),
    ]);
  });

  it('finds a value that is missing', () => {
    expect(findSliceMismatches(sent, slices({}))).not.toEqual([]);
    const [german] = sent;
    const more = [...sent, ...(german === undefined ? [] : [session('AT', 'SESSION_START')])];
    expect(findSliceMismatches(more, slices(told(sent.slice(0, 1))))).toContainEqual(
      expect.stringContaining('COUNTRY: values'),
    );
  });
});
