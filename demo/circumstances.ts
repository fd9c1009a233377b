import type { Device } from './catalogue.js';
import { createRandom, createWheel, type Random } from './random.js';

/** Where and with what somebody watches: members of `SessionContextInput`. */
export interface Circumstances {
  readonly device: string;
  readonly os: string;
  readonly browser?: string;
  readonly player: string;
  readonly app: string;
  readonly cdn: string;
  readonly country: string;
  readonly referrer?: string;
  readonly page?: string;
  readonly live: boolean;
}

type Equipment = Pick<Circumstances, 'device' | 'os' | 'browser' | 'player' | 'app'>;

const HLS = 'hls.js 1.6.13';
const WEB = { app: 'web', player: HLS };

/** What people watch on, by how frequent it is. */
const equipment: Readonly<Record<Device, readonly (readonly [number, Equipment])[]>> = {
  television: [
    [5, { device: 'TV', os: 'Tizen', player: HLS, app: 'tv' }],
    [4, { device: 'TV', os: 'webOS', player: HLS, app: 'tv' }],
    [3, { device: 'TV', os: 'Android', player: 'Media3 1.8', app: 'tv' }],
  ],
  laptop: [
    [9, { device: 'DESKTOP', os: 'Windows', browser: 'Chrome', ...WEB }],
    [4, { device: 'DESKTOP', os: 'Windows', browser: 'Firefox', ...WEB }],
    [4, { device: 'DESKTOP', os: 'macOS', browser: 'Safari', ...WEB }],
    [2, { device: 'DESKTOP', os: 'Linux', browser: 'Firefox', ...WEB }],
  ],
  phone: [
    [6, { device: 'PHONE', os: 'Android', player: 'Media3 1.8', app: 'phone' }],
    [5, { device: 'PHONE', os: 'iOS', player: 'AVPlayer', app: 'phone' }],
    [3, { device: 'PHONE', os: 'Android', browser: 'Chrome', ...WEB }],
    [1, { device: 'TABLET', os: 'iPadOS', browser: 'Safari', ...WEB }],
  ],
};

const countries = Object.entries({
  ...{ DE: 30, GB: 14, FR: 12, US: 10, BR: 9, PT: 6 },
  ...{ AT: 5, NL: 5, PL: 4, IN: 3, JP: 2 },
});
/** The sites that lead to the page of a title; most people come by themselves. */
const referrers = Object.entries({
  '': 60,
  'search.example': 22,
  'news.example': 10,
  'social.example': 8,
});
const cdns = Object.entries({ north: 7, south: 3 });
const site = 'video.example';

const drawCountry = createWheel(countries, ([, weight]) => weight);
const drawReferrer = createWheel(referrers, ([, weight]) => weight);
const drawCdn = createWheel(cdns, ([, weight]) => weight);

/** Whose session it is, of what, and on which device. */
interface Occasion {
  readonly viewer: string;
  readonly device: Device;
  readonly mediaId: string;
  readonly isLive: boolean;
}

/** Returns a function that draws circumstances: a viewer stays in a country, with a device. */
export function createCircumstances(seed: number): (occasion: Occasion) => Circumstances {
  const random = createRandom(seed);
  const homes = new Map<string, string>();
  const owned = new Map<string, Equipment>();
  return ({ viewer, device, mediaId, isLive }) => {
    const country = drawnOnce(homes, viewer, () => drawCountry(random)[0]);
    const own = drawnOnce(owned, `${viewer} ${device}`, () => drawEquipment(device, random));
    const [referrer] = drawReferrer(random);
    const isOnPage = own.app === 'web';
    return {
      ...own,
      cdn: drawCdn(random)[0],
      country,
      ...(isOnPage && referrer !== '' && { referrer }),
      ...(isOnPage && { page: `${site}/watch/${mediaId}` }),
      live: isLive,
    };
  };
}

function drawEquipment(device: Device, random: Random): Equipment {
  const [, drawn] = createWheel(equipment[device], ([weight]) => weight)(random);
  return drawn;
}

function drawnOnce<Value>(known: Map<string, Value>, key: string, draw: () => Value): Value {
  const value = known.get(key) ?? draw();
  known.set(key, value);
  return value;
}
