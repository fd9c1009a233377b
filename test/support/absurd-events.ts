import type { StoredData } from '../../src/domain/event-codec.js';
import type { EventToAppend } from '../../src/ports/event-store.js';
import { eventFixtures, type EventFixture } from './event-fixtures.js';

/** What no member of an event is, whatever its type. */
const NEVER = [null, [], ['m'], {}, { m: 1 }, 1e308, -1e308, -1, 0.5, 2 ** 53];
const NO_TEXTS = ['', ' ', ' m', 'm ', 'a\u001fb', 'a\u0000', '\u0085', '\ud800', 'a\udc00b'];
const HUGE = 'x'.repeat(100_000);
const DAY_MS = 86_400_000;

const PART = { hour: 5, quality: 'LOW', watchedMs: 1, stalls: 0 };
const ABSURD_VIEWS = [
  ...[true, 7, '', { parts: 'x' }, { parts: [7] }, { parts: [{ ...PART, hour: -1 }] }],
  ...[{ parts: [{ ...PART, quality: 'constructor' }] }, { parts: [{ ...PART, stalls: 0.5 }] }],
  ...[
    { parts: [], start: { at: 5 } },
    { parts: [], start: { at: 1e300, quality: 'LOW' } },
  ],
  { parts: Array.from({ length: 1_001 }, () => PART) },
];

/** By member, what it is not beside that: its neighbours, just out of range. */
const ABSURD: Readonly<Record<string, readonly unknown[]>> = {
  mediaId: [true, 7, ...NO_TEXTS, 'x'.repeat(201), HUGE],
  sessionId: [true, 7, ...NO_TEXTS, '😀'.repeat(201), HUGE],
  eventId: [true, 7, ...NO_TEXTS, 'x'.repeat(201), HUGE],
  occurredAt: [true, '1773835200000', 253_402_300_800_000],
  quality: [true, 7, ...NO_TEXTS, 'high', 'constructor', HUGE],
  label: [true, 7, ...NO_TEXTS, 'x'.repeat(41), HUGE],
  viewerId: [true, 7, ...NO_TEXTS, 'q0Zc2l8mT1', 'é'.repeat(22), HUGE],
  durationMs: [true, '5', 86_400_001, 1e300],
  bytes: [true, '5', 2 ** 40 + 1],
  open: [7, 'true', ''],
  completesViewAt: [true, '1773835200000', 253_402_300_800_000],
  context: [true, 7, '', { os: '' }, { os: HUGE }, { device: 'tv' }, { live: 'true' }, { cdn: 7 }],
  filled: [true, 7, '', { page: 'a\u0000' }, { country: null }, { device: 'constructor' }],
  mediaDurationMs: [true, '5', 31 * DAY_MS + 1],
  startupMs: [true, '5', 600_001],
  errorCode: [true, 7, ...NO_TEXTS, 'x'.repeat(65), HUGE],
  playedFromMs: [true, '5', 10_000_000_000_001],
  playedToMs: [true, '5', 10_000_000_000_001],
  view: [true, '5', 1_000_001],
  state: [true, 7, ...NO_TEXTS, 'stalled', HUGE],
  bytesEstimated: [7, 'true', ''],
  stateless: [7, 'true', ''],
  fromCdn: [7, 'true', ''],
  cdnView: ABSURD_VIEWS,
  withdrawn: ABSURD_VIEWS,
  cdnEvents: [true, '5', 1_000_001],
  bytesFrom: [true, 7, ...NO_TEXTS, 'PLAYER', 'constructor', HUGE],
  cmcd: [
    ...[true, 7, '', { run: 'x' }, { mode: 'bored' }, { seen: ['a'] }],
    ...[{ coming: [{}] }, { waiting: [7] }, { held: [{}] }, { gaps: [{ from: 1 }] }, { late: 'x' }],
  ],
  known: [true, 7, '', { stated: 1, filled: 0 }, { stated: -1, filled: 0, length: true }],
  reason: [true, 7, ...NO_TEXTS, 'BORED', HUGE],
  bufferingEvents: [true, '5', 10_001],
  title: [true, 7, ...NO_TEXTS, 'x'.repeat(501), HUGE],
  thumbnail: [true, 7, ...NO_TEXTS, 'javascript:alert(1)', `https://x/${'x'.repeat(2_000)}`],
  storeId: [true, 7, ...NO_TEXTS, HUGE],
  secretFingerprint: [true, 7, ...NO_TEXTS, HUGE],
  chapter: [true, '5', 1_000_001],
  phase: [true, 7, ...NO_TEXTS, 'OPEN', 'constructor', HUGE],
  viewCount: [true, '5', 1_000_001],
  uncompletedViews: [true, 7, '', [-1], [0.5], ['5'], Array.from({ length: 1_001 }, () => 5)],
  earlyEnds: [true, '5', 1_000_001],
  lastOccurredAt: [true, '1773835200000', 253_402_300_800_000],
  lastRecordedAt: [true, '1773835200000', 253_402_300_800_000],
  fingerprints: [true, 7, ' ', 'abc', 'AAECAwQFBgc=', 'AAECAwQFBgc!'],
  vocabulary: [true, 7, '', ['m', 1], { m: 1.5 }, { m: '1' }, { m: 0 }, { '': 1 }, { m: 1e300 }],
};
/** A media item may be that long. */
const MEDIA_DURATIONS = [true, '5', 31 * DAY_MS + 1, 1e300];
/** `NEVER` holds some of them: of a vocabulary, or a list, they are fair. */
const isFair = (name: string, value: unknown): boolean =>
  Array.isArray(value)
    ? name === 'uncompletedViews' && value.length === 0
    : ['vocabulary', 'context', 'filled', 'cmcd'].includes(name) &&
      typeof value === 'object' &&
      value !== null;

/** Members that go without. */
const OPTIONAL = [
  ...['eventId', 'label', 'viewerId', 'durationMs', 'bytes', 'completesViewAt', 'context'],
  ...['filled', 'mediaDurationMs', 'startupMs', 'errorCode', 'playedFromMs', 'playedToMs', 'view'],
  ...['state', 'bytesEstimated', 'stateless', 'fromCdn', 'cmcd'],
];
const OPTIONAL_OF: Readonly<Record<string, readonly string[]>> = {
  media_registered: ['thumbnail', 'durationMs'],
  log_created: ['vocabulary'],
  vocabulary_extended: [],
  copy_begun: [],
  copy_completed: [],
  chapter_closed: ['known', 'cdnEvents', 'cdnView', 'bytesFrom'],
  cmcd_reported: [],
};

type Absurd = Omit<EventToAppend, 'id'>;

/** Events of one type that a store may give back and nothing of ours would have written. */
export function absurdEvents(type: string): readonly Absurd[] {
  const fixture = eventFixtures.find((one) => one.type === type);
  if (fixture === undefined) throw new Error(`no fixture of ${type}`);
  const whole = { ...fixture, data: { ...extrasOf(type), ...fixture.data } };
  return [...badMembers(whole), ...missingMembers(whole), ...badFrames(whole)];
}

/** All that an event of a type may have. */
function extrasOf(type: string): StoredData {
  const own = OPTIONAL_OF[type];
  if (own !== undefined) {
    return {
      ...(own.includes('vocabulary') && { vocabulary: { m: 1 } }),
      ...(own.includes('known') && { known: { stated: 1, filled: 2, length: true } }),
      ...(own.includes('bytesFrom') && {
        cdnEvents: 3,
        bytesFrom: 'cdn',
        cdnView: { parts: [PART] },
      }),
    };
  }
  const viewerId = 'q0Zc2l8mT1yRrWv9Xw3sNA';
  const times = { durationMs: 1_000, completesViewAt: 1773835200000 };
  const told = { context: { os: 'Tizen' }, filled: { country: 'BR' }, mediaDurationMs: 60_000 };
  const played = { playedFromMs: 0, playedToMs: 1_000, startupMs: 300, errorCode: 'E1', view: 1 };
  const reported = { state: 'STALLED', bytesEstimated: true, stateless: true, cmcd: { run: 0 } };
  const logged = { fromCdn: true };
  const ids = { eventId: 'e', label: '720p', viewerId, bytes: 1 };
  return { ...ids, ...times, ...told, ...played, ...reported, ...logged };
}

function badMembers({ type, version, recordedAt, data }: EventFixture): readonly Absurd[] {
  return Object.keys(data).flatMap((name) => {
    const isOfMedia = type === 'media_registered' && name === 'durationMs';
    const values = [...NEVER, ...(isOfMedia ? MEDIA_DURATIONS : (ABSURD[name] ?? []))];
    const late = name === 'occurredAt' ? [recordedAt + DAY_MS + 1] : [];
    return [...values, ...late]
      .filter((value) => !isFair(name, value) || (ABSURD[name] ?? []).includes(value))
      .map((value) => ({ type, version, recordedAt, data: { ...data, [name]: value } }));
  });
}

/** Also where a prototype seems to have them. */
function missingMembers({ type, version, recordedAt, data }: EventFixture): readonly Absurd[] {
  const needed = Object.keys(data).filter(
    (name) => !(OPTIONAL_OF[type] ?? OPTIONAL).includes(name),
  );
  return needed.flatMap((name) => {
    const rest = Object.fromEntries(Object.entries(data).filter(([one]) => one !== name));
    const text = `{ "__proto__": ${JSON.stringify(data)}, ${JSON.stringify(rest).slice(1)}`;
    const posing = JSON.parse(text.replace(/, \}$/, '}')) as StoredData;
    return [rest, posing].map((one) => ({ type, version, recordedAt, data: one }));
  });
}

/** What is absurd around the data. */
function badFrames({ type, version, recordedAt, data }: EventFixture): readonly Absurd[] {
  const frames = [
    ...[null, 'text', 7, true, [], [data]].map((value) => ({ data: value })),
    ...[null, '', '1773835200123', true, {}, -1, 0.5, 1e308, 253_402_300_800_000].map((value) => ({
      recordedAt: value,
    })),
    ...[null, '1', 'x', true, {}, 0, -1, 0.5, 1e308, 99].map((value) => ({ version: value })),
    ...[null, 7, {}, '', '__proto__', 'constructor', HUGE].map((value) => ({ type: value })),
  ];
  return frames.map((frame) => ({ type, version, recordedAt, data, ...frame }) as Absurd);
}
