import { say } from './say.js';
import type { Player } from './told.js';

/** A player whose own words are listened to, as far as this page made one known. */
export interface Players {
  readonly hls?: HlsLike | undefined;
  readonly dash?: DashLike | undefined;
  readonly shaka?: ShakaLike | undefined;
}

type Listener = (...args: never[]) => void;
interface HlsLike {
  readonly config?: { readonly cmcd?: Cmcd };
  on(name: string, listener: (name: string, data: HlsData) => void): void;
}
interface Loaded {
  readonly stats?: { readonly loaded?: number };
}
interface HlsData {
  readonly fatal?: boolean;
  readonly details?: string | { readonly live?: boolean };
  readonly frag?: Loaded;
  /** What was loaded of the fragment, whose own figures are those of all its parts so far. */
  readonly part?: Loaded | null;
}
interface DashLike {
  on(name: string, listener: Listener): void;
  getVersion?(): string;
  getSettings?(): { readonly streaming?: { readonly cmcd?: Cmcd } };
}
interface ShakaLike {
  addEventListener(name: string, listener: Listener): void;
  getNetworkingEngine?(): {
    registerResponseFilter(
      filter: (type: number, response: ShakaResponse, context?: { readonly type?: number }) => void,
    ): void;
  };
  getConfiguration?(): { readonly cmcd?: Cmcd };
}
interface ShakaResponse {
  readonly data?: { readonly byteLength: number };
}
interface Cmcd {
  readonly enabled?: boolean;
  readonly eventTargets?: readonly { readonly url?: string }[];
}

/** What an adapter makes of a player. */
export interface Adapted extends Player {
  /** Such as hls.js 1.7.4; undefined where no player is known. */
  readonly name?: string;
}

/** A segment of a stream, among what Shaka asks for. */
const SHAKA_SEGMENT = 1;
/** A segment that holds media, and does not begin a rendition. */
const SHAKA_MEDIA_SEGMENT = 1;
const SHAKA_CRITICAL = 2;
/**
 * The errors that dash.js does not play on after: the element's, of manifests, of downloads that
 * failed at every try, and of keys. The others are of a try, of the clock or of subtitles.
 */
const DASH_FINAL = /^([2-5]|1[019]|2[3-8]|3[12456]|10\d|11[1-4])$/;

/** Listens to the player that is named, if any; what is no such player is said, and passed over. */
export function adapted(
  { hls, dash, shaka }: Players,
  onFailure: (code: string) => void,
  address = '',
  media?: HTMLMediaElement,
): Adapted {
  const heard = new Heard(onFailure);
  try {
    if (hls !== undefined) return ofHls(hls, heard, address);
    if (dash !== undefined) return ofDash(dash, heard, address);
    if (shaka !== undefined) return ofShaka(shaka, heard, address);
  } catch (error) {
    say('observe', error);
  }
  // Of a player that nobody made known: whether anything on the page has reported so far.
  const reports = (): boolean =>
    media?.currentSrc.startsWith('blob:') === true &&
    performance.getEntriesByType('resource').some(({ name }) => name.startsWith(address));
  return { reports: told(reports) };
}

/** What a player has said so far. */
class Heard {
  #bytes = 0;
  #failure: string | undefined;

  constructor(private readonly onFailure: (code: string) => void) {}

  fail(code: string): void {
    this.#failure = code;
    this.onFailure(code);
  }

  mend(): void {
    this.#failure = undefined;
  }

  load(loaded = 0, isMedia = true): void {
    this.#bytes += loaded;
    // The player has recovered; that a rendition begins, or a request ends, says nothing.
    if (isMedia && loaded > 0) this.mend();
  }

  by(name: string, address: string, cmcdOf: () => Cmcd | undefined): Adapted {
    const reports = (): boolean => {
      const { enabled, eventTargets = [] } = cmcdOf() ?? {};
      const at = (url: string): string => new URL(url, document.baseURI).href;
      const isTarget = ({ url = '' }): boolean => at(url).startsWith(at(address));
      return enabled !== false && eventTargets.some(isTarget);
    };
    return {
      name: name.trim(),
      takeBytes: () => {
        const taken = this.#bytes;
        this.#bytes = 0;
        return taken;
      },
      failure: () => this.#failure,
      reports: told(reports),
    };
  }
}

/** Says so where a player reports by itself: it is counted by that, and never twice. */
const told = (reports: () => boolean) => (): boolean => {
  try {
    const isSo = reports();
    if (isSo) say('cmcd');
    return isSo;
  } catch {
    // It was destroyed, or an address is none.
    return false;
  }
};

function ofHls(hls: HlsLike, heard: Heard, address: string): Adapted {
  let isLive: boolean | undefined;
  let isDetached = false;
  let isMending = false;
  let isJustMended = false;
  hls.on('hlsFragLoaded', (_, { part, frag }) => {
    heard.load((part ?? frag)?.stats?.loaded);
  });
  hls.on('hlsLevelLoaded', (_, { details }) => {
    isLive = (details as { readonly live?: boolean } | undefined)?.live;
  });
  hls.on('hlsError', (_, { fatal, details }) => {
    // The page may have heard of it before, and have done something about it.
    if (fatal === true && !isJustMended)
      heard.fail(typeof details === 'string' ? details : 'fatal');
  });
  // To recover from an error it lets go of the element and takes it again, with the same manifest.
  hls.on('hlsMediaDetached', () => {
    isDetached = true;
    isMending = false;
  });
  hls.on('hlsMediaAttaching', () => {
    isMending = isJustMended = isDetached;
    queueMicrotask(() => (isJustMended = false));
    if (isMending) heard.mend();
  });
  hls.on('hlsManifestLoading', () => {
    isDetached = isMending = false;
    isLive = undefined;
  });
  const { version } = hls.constructor as { version?: string };
  return {
    ...heard.by(`hls.js ${version ?? ''}`, address, () => hls.config?.cmcd),
    isLive: () => isLive,
    isMending: () => isMending,
  };
}

function ofDash(dash: DashLike, heard: Heard, address: string): Adapted {
  dash.on('fragmentLoadingCompleted', ({ request, response }: DashLoaded) => {
    heard.load(response?.byteLength, request?.type === 'MediaSegment');
  });
  dash.on('error', ({ error }: DashFailed) => {
    const code = String(error?.code ?? '');
    const isText = error?.data?.request?.mediaType === 'text';
    if (DASH_FINAL.test(code) && !isText) heard.fail(code);
  });
  const version = dash.getVersion?.() ?? '';
  return heard.by(`dash.js ${version}`, address, () => dash.getSettings?.().streaming?.cmcd);
}

function ofShaka(shaka: ShakaLike, heard: Heard, address: string): Adapted {
  shaka.getNetworkingEngine?.().registerResponseFilter((type, { data }, context) => {
    if (type === SHAKA_SEGMENT) heard.load(data?.byteLength, context?.type === SHAKA_MEDIA_SEGMENT);
  });
  shaka.addEventListener('error', ({ detail }: ShakaFailed) => {
    if (detail?.severity === SHAKA_CRITICAL) heard.fail(String(detail.code ?? 'error'));
  });
  return heard.by('Shaka', address, () => shaka.getConfiguration?.().cmcd);
}

interface DashLoaded {
  readonly request?: { readonly type?: string };
  readonly response?: { readonly byteLength?: number };
}
interface DashFailed {
  readonly error?: {
    readonly code?: number;
    readonly data?: { readonly request?: { readonly mediaType?: string } };
  };
}
interface ShakaFailed {
  readonly detail?: { readonly severity?: number; readonly code?: number };
}
