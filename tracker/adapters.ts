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
interface HlsData {
  readonly fatal?: boolean;
  readonly details?: string;
  readonly frag?: { readonly stats?: { readonly loaded?: number } };
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
  readonly name: string | undefined;
  /** Whether it reports to a server by CMCD itself. */
  readonly reportsTo: (address: string, media: HTMLMediaElement) => boolean;
}

/** A segment of a stream, among what Shaka asks for. */
const SHAKA_SEGMENT = 1;
/** A segment that holds media, and does not begin a rendition. */
const SHAKA_MEDIA_SEGMENT = 1;
const SHAKA_CRITICAL = 2;

/** Of a player that nobody made known: whether anything on the page has reported so far. */
const hasReports: Adapted['reportsTo'] = (address, { currentSrc }) =>
  currentSrc.startsWith('blob:') &&
  performance.getEntriesByType('resource').some(({ name }) => name.startsWith(address));

/** Listens to the player that is named, if any. */
export function adapted({ hls, dash, shaka }: Players, onFailure: (code: string) => void): Adapted {
  let bytes = 0;
  let failure: string | undefined;
  const fail = (code: string): void => {
    failure = code;
    onFailure(code);
  };
  const load = (loaded = 0, isMedia = true): void => {
    bytes += loaded;
    // The player has recovered; that a rendition begins, or a request ends, says nothing.
    if (isMedia && loaded > 0) failure = undefined;
  };
  const common = {
    takeBytes: () => {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    failure: () => failure,
  };
  const by = (name: string, cmcd?: Cmcd): Adapted => ({
    ...common,
    name,
    reportsTo: (address) =>
      cmcd?.enabled !== false &&
      cmcd?.eventTargets?.some(({ url }) => url?.startsWith(address) === true) === true,
  });
  if (hls !== undefined) {
    hls.on('hlsFragLoaded', (_, { frag }) => {
      load(frag?.stats?.loaded);
    });
    hls.on('hlsError', (_, { fatal, details }) => {
      if (fatal === true) fail(details ?? 'fatal');
    });
    const { version } = hls.constructor as { version?: string };
    return by(`hls.js ${version ?? ''}`.trim(), hls.config?.cmcd);
  }
  if (dash !== undefined) {
    dash.on('fragmentLoadingCompleted', ({ request, response }: DashLoaded) => {
      load(response?.byteLength, request?.type === 'MediaSegment');
    });
    dash.on('error', ({ error }: DashFailed) => {
      fail(String(error?.code ?? 'error'));
    });
    const version = dash.getVersion?.() ?? '';
    return by(`dash.js ${version}`.trim(), dash.getSettings?.().streaming?.cmcd);
  }
  if (shaka === undefined) return { name: undefined, reportsTo: hasReports };
  shaka.getNetworkingEngine?.().registerResponseFilter((type, { data }, context) => {
    if (type === SHAKA_SEGMENT) load(data?.byteLength, context?.type === SHAKA_MEDIA_SEGMENT);
  });
  shaka.addEventListener('error', ({ detail }: ShakaFailed) => {
    if (detail?.severity === SHAKA_CRITICAL) fail(String(detail.code ?? 'error'));
  });
  return by('Shaka', shaka.getConfiguration?.().cmcd);
}

interface DashLoaded {
  readonly request?: { readonly type?: string };
  readonly response?: { readonly byteLength?: number };
}
interface DashFailed {
  readonly error?: { readonly code?: number };
}
interface ShakaFailed {
  readonly detail?: { readonly severity?: number; readonly code?: number };
}
