import { spawn } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A quality of the ladder. Its rate in kbit/s is what services use for such a height. */
interface Rendition {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly videoKbps: number;
}

const renditions: readonly Rendition[] = [
  { name: '360p', width: 640, height: 360, videoKbps: 800 },
  { name: '720p', width: 1280, height: 720, videoKbps: 2_800 },
  { name: '1080p', width: 1920, height: 1080, videoKbps: 5_000 },
];

/** Long enough for a player to switch, stall and recover; short enough to be watched whole. */
const mediaSeconds = 60;
export const segmentSeconds = 4;

const framesPerSecond = 24;
const audioKbps = 128;

/**
 * Makes the HLS ladder of a generated test picture and tone (so that no film is needed) and returns
 * its folder. A ladder made earlier is used again: its folder appears only when it is whole.
 */
export async function makeLadder(cacheDir: string): Promise<string> {
  const dir = join(cacheDir, `ladder-${String(mediaSeconds)}s-${String(segmentSeconds)}s`);
  const present = await access(join(dir, 'master.m3u8')).then(
    () => true,
    () => false,
  );
  if (present) return dir;
  const unfinished = `${dir}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await mkdir(dirname(dir), { recursive: true });
  await run('ffmpeg', ladderArguments(), unfinished);
  await rename(unfinished, dir);
  return dir;
}

function ladderArguments(): string[] {
  const seconds = String(mediaSeconds);
  const sources = [
    ['-f', 'lavfi', '-i', `testsrc2=size=1920x1080:rate=${String(framesPerSecond)}`],
    ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
  ];
  const splits = renditions.map(({ name }) => `[in${name}]`).join('');
  const scales = renditions.map(
    ({ name, width, height }) =>
      `[in${name}]scale=${String(width)}:${String(height)},format=yuv420p[out${name}]`,
  );
  // Noise makes the encoder use the rate of a real film.
  const split = `[0:v]noise=alls=12:allf=t,split=${String(renditions.length)}${splits}`;
  return [
    ['-hide_banner', '-loglevel', 'error', '-y'],
    ...sources,
    ['-filter_complex', [split, ...scales].join(';')],
    ...renditions.map(encoderArguments),
    ['-t', seconds, '-f', 'hls', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'],
    ['-hls_time', String(segmentSeconds), '-hls_fmp4_init_filename', 'init.mp4'],
    ['-hls_segment_filename', '%v/%03d.m4s', '-master_pl_name', 'master.m3u8'],
    ['-var_stream_map', renditions.map((r, i) => streamMap(r, i)).join(' '), '%v/index.m3u8'],
  ].flat();
}

function encoderArguments(rendition: Rendition, index: number): string[] {
  const stream = `v:${String(index)}`;
  const rate = `${String(rendition.videoKbps)}k`;
  // Every segment begins with a key frame, at the same times in all renditions.
  const group = String(framesPerSecond * segmentSeconds);
  return [
    ['-map', `[out${rendition.name}]`, '-map', '1:a'],
    [`-c:${stream}`, 'libx264', `-preset:${stream}`, 'veryfast', `-profile:${stream}`, 'high'],
    [`-b:${stream}`, rate, `-maxrate:${stream}`, rate, `-bufsize:${stream}`, rate],
    [`-g:${stream}`, group, `-keyint_min:${stream}`, group, `-sc_threshold:${stream}`, '0'],
    [`-c:a:${String(index)}`, 'aac', `-b:a:${String(index)}`, `${String(audioKbps)}k`],
  ].flat();
}

const streamMap = ({ name }: Rendition, index: number): string =>
  `v:${String(index)},a:${String(index)},name:${name}`;

async function run(command: string, args: string[], cwd: string): Promise<void> {
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
