export type Device = 'television' | 'laptop' | 'phone';

/** A title on offer. The catalogue is in the order of popularity. */
export interface Title {
  readonly mediaId: string;
  readonly title: string;
  readonly minutes: number;
  /** The device on which it is mostly watched, if there is one. */
  readonly device?: Device;
  /** It is going on: people come and go, and it has no length. Its minutes are those of a stay. */
  readonly isLive?: true;
}

export const catalogue: readonly Title[] = [
  {
    mediaId: 'northern-line-s2e1',
    title: 'Northern Line, S2 E1: Thaw',
    minutes: 47,
    device: 'television',
  },
  { mediaId: 'the-long-harbour', title: 'The Long Harbour', minutes: 112, device: 'television' },
  {
    mediaId: 'northern-line-s2e2',
    title: 'Northern Line, S2 E2: Signal Lost',
    minutes: 44,
    device: 'television',
  },
  {
    mediaId: 'kitchen-at-midnight-12',
    title: 'Kitchen at Midnight 12: Dumplings',
    minutes: 14,
    device: 'phone',
  },
  {
    mediaId: 'harbour-webcam',
    title: 'Harbour Webcam (live)',
    minutes: 12,
    device: 'laptop',
    isLive: true,
  },
  { mediaId: 'paper-tigers', title: 'Paper Tigers', minutes: 96, device: 'television' },
  { mediaId: 'evening-news', title: 'Evening News', minutes: 15, device: 'phone' },
  {
    mediaId: 'city-derby-highlights',
    title: 'City Derby: Highlights',
    minutes: 9,
    device: 'phone',
  },
  { mediaId: 'the-cartographers', title: 'The Cartographers', minutes: 128, device: 'television' },
  {
    mediaId: 'northern-line-s1e1',
    title: 'Northern Line, S1 E1: Platform 9',
    minutes: 51,
    device: 'television',
  },
  {
    mediaId: 'little-fox-bedtime',
    title: 'Little Fox: Bedtime Stories',
    minutes: 11,
    device: 'phone',
  },
  { mediaId: 'salt-and-iron', title: 'Salt and Iron', minutes: 103, device: 'television' },
  {
    mediaId: 'deep-time-3',
    title: 'Deep Time 3: The First Forests',
    minutes: 52,
    device: 'laptop',
  },
  { mediaId: 'one-take-sessions-hall', title: 'One Take Sessions: Live at the Hall', minutes: 28 },
  {
    mediaId: 'learn-to-solder',
    title: 'Learn to Solder in 20 Minutes',
    minutes: 20,
    device: 'laptop',
  },
  { mediaId: 'the-quiet-engine', title: 'The Quiet Engine', minutes: 89, device: 'television' },
  {
    mediaId: 'alpine-pass',
    title: 'Alpine Pass: A Slow Train Ride',
    minutes: 130,
    device: 'television',
  },
  {
    mediaId: 'kitchen-at-midnight-11',
    title: 'Kitchen at Midnight 11: Broth',
    minutes: 13,
    device: 'phone',
  },
  { mediaId: 'letters-from-porto', title: 'Letters from Porto', minutes: 93, device: 'television' },
  { mediaId: 'chess-final-game-6', title: 'Chess Final, Game 6', minutes: 74, device: 'laptop' },
  { mediaId: 'deep-time-1', title: 'Deep Time 1: Ocean of Stone', minutes: 50, device: 'laptop' },
  { mediaId: 'marathon-full-replay', title: 'City Marathon: Full Replay', minutes: 125 },
  {
    mediaId: 'trailer-salt-and-iron-2',
    title: 'Salt and Iron II: Trailer',
    minutes: 3,
    device: 'phone',
  },
  {
    mediaId: 'repair-cafe-bicycles',
    title: 'Repair Cafe: Bicycles',
    minutes: 24,
    device: 'laptop',
  },
  {
    mediaId: 'council-meeting-may',
    title: 'Town Council Meeting, May',
    minutes: 118,
    device: 'laptop',
  },
];
