import { Line } from './line.js';
import type { Note } from './note.js';
import type { PageSetting } from './page.js';
import type { Scenario } from './scenario.js';
import { KEYS, type Studio } from './studio.js';
import { Viewer } from './viewer.js';
import { isFile, type Way } from './ways.js';

/** A scenario that was played in a way. */
export interface Played {
  /** Its own among all plays of a run. */
  readonly name: string;
  readonly scenario: Scenario;
  readonly way: Way;
  /** The titles by which the server knows it. */
  readonly mediaIds: readonly string[];
  readonly notes: readonly Note[];
}

/** Seconds between the reports of a player that plays on. */
export const INTERVAL_SECONDS = 5;
const BUFFER_SECONDS = 4;
/** As docs/players.md recommends them. */
const EVENTS = ['ps', 't', 'bc', 'e', 'b', 'pr', 'c'];
const ENABLED_KEYS = [
  ...['bg', 'bl', 'br', 'cid', 'e', 'ec', 'msd'],
  ...['pb', 'pr', 'sid', 'sn', 'sta', 'ts', 'v'],
];

/** Plays a scenario; `attempt` tells apart what was played again. */
export async function play(
  { browser, site, gate }: Studio,
  scenario: Scenario,
  way: Way,
  attempt: number,
): Promise<Played> {
  const name = `${way.name}-${scenario.name}${attempt > 1 ? `-${String(attempt)}` : ''}`;
  const isOne = new Set(scenario.titles).size === 1;
  const mediaIds = scenario.titles.map((_, i) => (isOne || i === 0 ? name : `${name}-second`));
  const line = new Line(scenario.line ?? {});
  const playheadUrl = gate.open(name, scenario.gate?.(way) ?? {});
  const address = site.open(name, line, {
    ...settingOf(scenario, way, playheadUrl),
    sources: scenario.titles.map((title) => `${site.origin}/${name}/${title}/${fileOf(way)}`),
    titles: mediaIds,
    ...{ viewer: `viewer-${name}`, ...scenario.seat },
  });
  try {
    const viewer = await Viewer.sitDown(browser, address, line, scenario.seat?.viewport);
    await scenario.act(viewer);
    const notes = await viewer.close(() => site.lastWordOf(name));
    return { name, scenario, way, mediaIds: [...new Set(mediaIds)], notes };
  } finally {
    line.close();
  }
}

function fileOf({ player }: Way): string {
  if (player === 'mp4') return 'film.mp4';
  if (player === 'audio') return 'sound.m4a';
  return player === 'hls' ? 'master.m3u8' : 'manifest.mpd';
}

function kindOf(way: Way): PageSetting['kind'] {
  if (isFile(way)) return 'file';
  return way.player === 'hls' || way.player === 'dash' ? way.player : 'shaka';
}

function settingOf(
  { isPlayedAtOnce = true, isLooped = false, batchSize }: Scenario,
  way: Way,
  playheadUrl: string,
): Omit<PageSetting, 'sources' | 'titles' | 'viewer'> {
  const key = KEYS.INGEST_KEY;
  const url = `${playheadUrl}/cmcd?key=${key}&player=${way.player}`;
  const target = { url, events: EVENTS, interval: INTERVAL_SECONDS };
  return {
    kind: kindOf(way),
    element: way.player === 'audio' ? 'audio' : 'video',
    isShakaDebug: way.player === 'shaka-debug',
    ...{ isPlayedAtOnce, isLooped, bufferSeconds: BUFFER_SECONDS, enabledKeys: ENABLED_KEYS },
    ...(way.by === 'tracker'
      ? { tracker: { url: playheadUrl, key } }
      : { cmcd: { ...target, ...(batchSize !== undefined && { batchSize }) } }),
  };
}
