import { spawn } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A quality of a ladder. */
interface Rendition {
  readonly width: number;
  readonly height: number;
  readonly videoKbps: number;
}

/** A title to be made: a generated picture with noise, and a tone. */
export interface Film {
  readonly name: string;
  readonly seconds: number;
  readonly segmentSeconds: number;
  readonly renditions: readonly Rendition[];
}

/** Small pictures, so that several players fit on a small machine without dropping frames. */
const LADDER: readonly Rendition[] = [
  { width: 426, height: 240, videoKbps: 250 },
  { width: 960, height: 540, videoKbps: 700 },
  { width: 1440, height: 810, videoKbps: 1_500 },
];
const SEGMENT_SECONDS = 2;
const FILM_SECONDS = 30;

/** Titles for the scenarios: one to act in, and a short one to be played to its end. */
export const FILMS: readonly Film[] = [
  { name: 'vod', seconds: FILM_SECONDS, segmentSeconds: SEGMENT_SECONDS, renditions: LADDER },
  { name: 'short', seconds: 10, segmentSeconds: SEGMENT_SECONDS, renditions: LADDER },
];

const FRAMES_PER_SECOND = 12;
const AUDIO_KBPS = 48;
const FILE_RENDITION = 1;
/** The tone ends a little sooner, or its last frame would need a segment of its own. */
const SILENT_SECONDS = 0.1;

/**
 * Makes the titles, each in a folder of its name: a ladder as HLS and as DASH over the same
 * segments, `film.mp4` and `sound.m4a`. What was made earlier is used again: a folder appears only
 * when it is whole.
 */
export async function makeMedia(cacheDir: string, films: readonly Film[]): Promise<void> {
  for (const film of films) {
    const dir = join(cacheDir, film.name);
    const isThere = await access(dir).then(
      () => true,
      () => false,
    );
    if (isThere) continue;
    const unfinished = `${dir}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    await run('ffmpeg', ladderArguments(film), unfinished);
    await run('ffmpeg', fileArguments(film), unfinished);
    await run('ffmpeg', soundArguments(film), unfinished);
    await rename(unfinished, dir);
  }
}

const quiet = ['-hide_banner', '-loglevel', 'error', '-y'];

function sourceArguments({ seconds, renditions }: Film): string[] {
  const { width = 0, height = 0 } = renditions.at(-1) ?? {};
  const size = `size=${String(width)}x${String(height)}`;
  return [
    ...['-f', 'lavfi', '-t', String(seconds)],
    // Noise makes the encoder use the rate of a real film.
    ...['-i', `testsrc2=${size}:rate=${String(FRAMES_PER_SECOND)},noise=alls=12:allf=t`],
    ...['-f', 'lavfi', '-t', String(seconds - SILENT_SECONDS)],
    ...['-i', 'sine=frequency=440:sample_rate=48000'],
  ];
}

function ladderArguments(film: Film): string[] {
  const { renditions, segmentSeconds } = film;
  const names = renditions.map((_, index) => `[in${String(index)}]`).join('');
  const scales = renditions.map(
    ({ width, height }, index) =>
      `[in${String(index)}]scale=${String(width)}:${String(height)},format=yuv420p` +
      `[out${String(index)}]`,
  );
  const split = `[0:v]split=${String(renditions.length)}${names}`;
  return [
    ...quiet,
    ...sourceArguments(film),
    ...['-filter_complex', [split, ...scales].join(';')],
    ...renditions.flatMap((rendition, index) => [
      ...['-map', `[out${String(index)}]`],
      ...encoderArguments(film, rendition, `v:${String(index)}`),
    ]),
    ...['-map', '1:a', '-c:a', 'aac', '-b:a', `${String(AUDIO_KBPS)}k`],
    ...['-f', 'dash', '-seg_duration', String(segmentSeconds), '-hls_playlist', '1'],
    ...['-use_timeline', '0', '-adaptation_sets', 'id=0,streams=v id=1,streams=a'],
    ...['-init_seg_name', 'init-$RepresentationID$.m4s'],
    ...['-media_seg_name', 'seg-$RepresentationID$-$Number$.m4s', 'manifest.mpd'],
  ];
}

function fileArguments(film: Film): string[] {
  const rendition = film.renditions[FILE_RENDITION];
  if (rendition === undefined) throw new Error(`${film.name} has no quality for its file`);
  const { width, height } = rendition;
  return [
    ...quiet,
    ...sourceArguments(film),
    ...['-vf', `scale=${String(width)}:${String(height)},format=yuv420p`],
    ...encoderArguments(film, rendition, 'v'),
    ...['-c:a', 'aac', '-b:a', `${String(AUDIO_KBPS)}k`],
    ...['-movflags', '+faststart', 'film.mp4'],
  ];
}

function soundArguments({ seconds }: Film): string[] {
  const tone = ['-f', 'lavfi', '-t', String(seconds), '-i', 'sine=frequency=440'];
  return [...quiet, ...tone, '-b:a', '128k', '-movflags', '+faststart', 'sound.m4a'];
}

function encoderArguments(film: Film, { videoKbps }: Rendition, stream: string): string[] {
  const rate = `${String(videoKbps)}k`;
  // Every segment begins with a key frame, at the same times in all renditions.
  const group = String(FRAMES_PER_SECOND * film.segmentSeconds);
  return [
    ...[`-c:${stream}`, 'libx264', `-preset:${stream}`, 'ultrafast', `-b:${stream}`, rate],
    ...[`-maxrate:${stream}`, rate, `-bufsize:${stream}`, rate, `-g:${stream}`, group],
    ...[`-keyint_min:${stream}`, group, `-sc_threshold:${stream}`, '0'],
  ];
}

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new Error(`${command} could not be started; is it installed?`, { cause }));
    });
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with status ${String(code)}`));
    });
  });
}
