/** Seconds of media that a live stream offers at a time. */
const WINDOW_SEGMENTS = 5;

/** A live stream made of a title that is there: its window slides over it as time passes. */
export interface Sliding {
  readonly segmentSeconds: number;
  readonly segments: number;
  /** When the first window was whole; epoch milliseconds. */
  readonly startedAtMs: number;
}

/** Turns the media playlist of a title into that of a live stream at a time. */
export function slidingPlaylist(playlist: string, sliding: Sliding, nowMs: number): string {
  const lines = playlist.split('\n');
  const head = lines.filter((line) => /^#EXT(M3U|-X-VERSION|-X-TARGETDURATION|-X-MAP)/.test(line));
  const starts = lines.flatMap((line, index) => (line.startsWith('#EXTINF') ? [index] : []));
  const first = firstSegment(sliding, nowMs);
  const shown = starts.slice(first, first + WINDOW_SEGMENTS);
  return [
    ...head,
    `#EXT-X-MEDIA-SEQUENCE:${String(first + 1)}`,
    ...shown.flatMap((index) => segmentLines(lines.slice(index))),
    '',
  ].join('\n');
}

/** Takes the lines of one segment: its duration, what else is said of it, and its address. */
function segmentLines(lines: readonly string[]): readonly string[] {
  const address = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
  return lines
    .slice(0, address + 1)
    .filter((line) => line.startsWith('#EXTINF') || !line.startsWith('#'));
}

const firstSegment = (
  { segmentSeconds, segments, startedAtMs }: Sliding,
  nowMs: number,
): number => {
  const gone = Math.floor((nowMs - startedAtMs) / 1_000 / segmentSeconds);
  return Math.max(0, Math.min(segments - WINDOW_SEGMENTS, gone));
};

/** Turns the manifest of a title into that of a live stream that began a window ago. */
export function slidingManifest(manifest: string, sliding: Sliding): string {
  const { segmentSeconds, startedAtMs } = sliding;
  const windowSeconds = WINDOW_SEGMENTS * segmentSeconds;
  const began = new Date(startedAtMs - windowSeconds * 1_000).toISOString();
  const live =
    `type="dynamic" availabilityStartTime="${began}" publishTime="${began}" ` +
    `minimumUpdatePeriod="PT500S" timeShiftBufferDepth="PT${String(windowSeconds)}S" ` +
    `suggestedPresentationDelay="PT6S"`;
  return manifest
    .replace(/\s*mediaPresentationDuration="[^"]*"/, '')
    .replace('type="static"', live)
    .replace(/(<Period[^>]*?)\s*duration="[^"]*"/, '$1');
}
