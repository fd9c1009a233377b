import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const dir = 'examples/sessions';
const files = (await readdir(dir)).filter((file) => file.endsWith('.ndjson'));
const recordings = await Promise.all(
  files.map(async (file) => {
    const text = await readFile(join(dir, file), 'utf8');
    return [file, text.trimEnd().split('\n').map(parse)] as const;
  }),
);

type Line = Readonly<Record<string, unknown>>;

function parse(line: string): Line {
  return JSON.parse(line) as Line;
}

/** Of `StreamingEventInput`; `sentAt` belongs to a sending. */
const fields = new Set([
  'mediaId',
  'eventType',
  'eventId',
  'sessionId',
  'userId',
  'endReason',
  'quality',
  'duration',
  'bytesLoaded',
  'occurredAt',
]);
const eventTypes = new Set([
  'SESSION_START',
  'SESSION_END',
  'REBUFFER_START',
  'REBUFFER_END',
  'QUALITY_CHANGED',
  'HEARTBEAT',
  'PLAYBACK_ERROR',
  'MANIFEST_GENERATED',
]);

const ofType = (lines: readonly Line[], type: string) =>
  lines.filter(({ eventType }) => eventType === type);

describe('the recorded sessions', () => {
  it('tell of full watching, switching, stalling, leaving, seeking and failing', () => {
    for (const name of ['full-watch', 'throttled', 'stalls', 'quits-half-way', 'seeks', 'fails']) {
      expect(files).toContain(`${name}.ndjson`);
    }
    const ends = recordings.map(([, lines]) => lines.at(-1)?.endReason);
    expect(new Set(ends)).toEqual(new Set(['ENDED', 'QUIT', 'FAILED']));
  });

  describe.each(recordings)('%s', (file, lines) => {
    it('has only fields that the API takes, with values that a player can measure', () => {
      for (const line of lines) {
        expect(Object.keys(line).filter((field) => !fields.has(field))).toEqual([]);
        expect(eventTypes.has(String(line.eventType))).toBe(true);
        expect(new Date(String(line.occurredAt)).toISOString()).toBe(line.occurredAt);
        expect(line.duration).toBeGreaterThanOrEqual(0);
        expect(line.duration).toBeLessThan(60);
        expect(Number.isSafeInteger(line.bytesLoaded)).toBe(true);
        expect(line.bytesLoaded).toBeGreaterThanOrEqual(0);
        expect(['360p', '720p', '1080p', undefined]).toContain(line.quality);
      }
    });

    it('is one session of one viewer on one media, named as its file', () => {
      for (const field of ['mediaId', 'sessionId', 'userId']) {
        expect(new Set(lines.map((line) => line[field])).size).toBe(1);
      }
      expect(`${String(lines[0]?.mediaId)}.ndjson`).toBe(file);
      expect(lines.map(({ eventId }) => eventId)).toEqual(lines.map((_, i) => String(i + 1)));
    });

    it('begins and ends once, goes forward, and ends last', () => {
      expect(ofType(lines, 'SESSION_START')).toHaveLength(1);
      expect(ofType(lines, 'SESSION_END')).toHaveLength(1);
      expect(lines.at(-1)?.eventType).toBe('SESSION_END');
      const times = lines.map(({ occurredAt }) => Date.parse(String(occurredAt)));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      const isFailure = lines.at(-1)?.endReason === 'FAILED';
      expect(ofType(lines, 'PLAYBACK_ERROR')).toHaveLength(isFailure ? 1 : 0);
    });

    it('ends every stall that it begins', () => {
      const types = lines.map(({ eventType }) => String(eventType));
      const stalls = types.filter((type) => type.startsWith('REBUFFER'));
      stalls.forEach((type, index) => {
        expect(type).toBe(index % 2 === 0 ? 'REBUFFER_START' : 'REBUFFER_END');
      });
      expect(stalls.length % 2).toBe(0);
    });

    it('watches no longer than it lasts', () => {
      const seconds = lines.reduce((all, { duration }) => all + Number(duration), 0);
      const [first, last] = [lines[0], lines.at(-1)].map((l) => Date.parse(String(l?.occurredAt)));
      expect(seconds).toBeGreaterThan(10);
      expect(seconds).toBeLessThanOrEqual((Number(last) - Number(first)) / 1000);
    });
  });
});
