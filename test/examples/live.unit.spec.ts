import { slidingManifest, slidingPlaylist } from '../../examples/recorder/live.js';

const SEGMENTS = 15;
const sliding = { segmentSeconds: 2, segments: SEGMENTS, startedAtMs: 1_000_000 };
const playlist = [
  '#EXTM3U',
  '#EXT-X-VERSION:7',
  '#EXT-X-TARGETDURATION:2',
  '#EXT-X-MEDIA-SEQUENCE:1',
  '#EXT-X-PLAYLIST-TYPE:VOD',
  '#EXT-X-MAP:URI="init-0.m4s"',
  ...Array.from({ length: SEGMENTS }, (_, i) => `#EXTINF:2.0,\nseg-0-${String(i + 1)}.m4s`),
  '#EXT-X-ENDLIST',
  '',
].join('\n');

const shownAt = (second: number): readonly string[] => {
  const text = slidingPlaylist(playlist, sliding, sliding.startedAtMs + second * 1_000);
  return text.match(/seg-0-\d+|SEQUENCE:\d+|VOD|ENDLIST/g) ?? [];
};

test.each([
  [0, 1],
  [1.9, 1],
  [2, 2],
  [13, 7],
  [600, 11],
])('after %d s the window of a live stream begins with segment %d', (second, first) => {
  const segments = Array.from({ length: 5 }, (_, i) => `seg-0-${String(first + i)}`);
  expect(shownAt(second)).toEqual([`SEQUENCE:${String(first)}`, ...segments]);
});

test('a manifest of a live stream has a start, and neither length nor end', () => {
  const manifest =
    '<MPD type="static" mediaPresentationDuration="PT30.0S"><Period id="0" start="PT0.0S" ' +
    'duration="PT30S"><AdaptationSet/></Period></MPD>';
  const live = slidingManifest(manifest, sliding);
  expect(live).toContain('type="dynamic" availabilityStartTime="1970-01-01T00:16:30.000Z"');
  expect(live).not.toMatch(/static|mediaPresentationDuration|duration=/);
});
