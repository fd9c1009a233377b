import { catalogue, type Device, type Title } from './catalogue.js';
import { createCircumstances, type Circumstances } from './circumstances.js';
import { createRandom, createWheel, type Random } from './random.js';

const viewerCount = 400;

const deviceShares: Readonly<Record<Device, number>> = {
  television: 0.35,
  laptop: 0.3,
  phone: 0.35,
};
interface Viewer {
  readonly userId: string;
  readonly device: Device;
}

/** The people of the demo. */
export interface People {
  readonly drawViewer: (random: Random) => Viewer;
  /** Says where and with what a viewer watches: each stays in a country, with a device. */
  readonly circumstancesOf: (viewer: Viewer, device: Device, title: Title) => Circumstances;
}

/** Draws what is watched: the popular titles most. */
export const drawTitle = createWheel(catalogue, (_, index) => 1 / (index + 1) ** 0.9);

/** Makes the people; the same for the same seed, if they are asked the same. */
export function createPeople(seed: number): People {
  const draw = createCircumstances(seed);
  return {
    drawViewer: createWheel(createViewers(seed), (_, index) => 1 / (index + 1) ** 0.4),
    circumstancesOf: ({ userId }, device, { mediaId, isLive }) =>
      draw({ viewer: userId, device, mediaId, isLive: isLive === true }),
  };
}

function createViewers(seed: number): Viewer[] {
  const random = createRandom(seed);
  const devices = Object.keys(deviceShares) as Device[];
  const drawDevice = createWheel(devices, (device) => deviceShares[device]);
  return Array.from({ length: viewerCount }, (_, index) => ({
    userId: `viewer-${String(index + 1).padStart(3, '0')}`,
    device: drawDevice(random),
  }));
}
