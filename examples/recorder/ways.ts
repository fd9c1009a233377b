/** A player, and who reports what it does. */
export interface Way {
  readonly name: string;
  readonly player: 'hls' | 'dash' | 'shaka' | 'shaka-debug' | 'mp4' | 'audio';
  readonly by: 'cmcd' | 'tracker';
}

const PLAYERS = ['hls', 'dash', 'shaka-debug', 'shaka'] as const;
const FILES = ['mp4', 'audio'] as const;

const wayOf = (player: Way['player'], by: Way['by']): Way => ({
  name: `${player}-${by}`,
  player,
  by,
});

/** The players by their reports alone, and all of them and plain files by the tracker. */
export const WAYS: readonly Way[] = [
  ...PLAYERS.map((player) => wayOf(player, 'cmcd')),
  ...[...PLAYERS, ...FILES].map((player) => wayOf(player, 'tracker')),
];

/** What the table calls a player. */
export const PLAYER_NAMES: Readonly<Record<Way['player'], string>> = {
  hls: 'hls.js',
  dash: 'dash.js',
  shaka: 'Shaka, released',
  'shaka-debug': 'Shaka, debug',
  mp4: 'MP4 file',
  audio: 'audio file',
};

export const isFile = ({ player }: Way): boolean => player === 'mp4' || player === 'audio';

/** The released builds of Shaka report no play states. */
export const tellsStates = ({ player, by }: Way): boolean => by === 'tracker' || player !== 'shaka';
