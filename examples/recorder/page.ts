/** What a page has to know of its player. */
export interface PageSetting {
  readonly kind: 'hls' | 'dash' | 'shaka' | 'file';
  readonly element: 'video' | 'audio';
  readonly isShakaDebug: boolean;
  /** Addresses of what it plays, and under which titles. */
  readonly sources: readonly string[];
  readonly titles: readonly string[];
  readonly isPlayedAtOnce: boolean;
  readonly isLooped: boolean;
  readonly bufferSeconds: number;
  /** Options of hls.js besides. */
  readonly hls?: Readonly<Record<string, unknown>>;
  readonly viewer: string | undefined;
  /** The line of the tracker: where the server is, and a key. */
  readonly tracker?: { readonly url: string; readonly key: string };
  /** A target of CMCD reports, in the words that hls.js and Shaka share. */
  readonly cmcd?: {
    readonly url: string;
    readonly events: readonly string[];
    readonly interval: number;
    readonly batchSize?: number;
  };
  /** What dash.js has to be told to put into a report. */
  readonly enabledKeys: readonly string[];
}

const STYLE = 'body{margin:0;background:#111}video{display:block;width:100vw;height:100vh}';

/** Writes the page: what takes notes comes first, then the tracker's line, then the player. */
export function pageOf(setting: PageSetting): string {
  const { element, isLooped, tracker, kind, isShakaDebug } = setting;
  const shaka = isShakaDebug ? '/shaka-debug.js' : '/shaka.js';
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>A player</title>',
    `<link rel="icon" href="data:,"><style>${STYLE}</style>`,
    '<script src="/notes.js"></script>',
    ...(tracker === undefined
      ? []
      : [`<script src="${tracker.url}/playhead.js" data-key="${tracker.key}" defer></script>`]),
    ...(kind === 'shaka' ? [`<script src="${shaka}" defer></script>`] : []),
    `<${element} controls muted playsinline ${isLooped ? 'loop' : ''}></${element}>`,
    // A title or an address has no `<` in it.
    `<script type="application/json" id="setting">${JSON.stringify(setting)}</script>`,
    '<script type="module" src="/players.js"></script></html>',
    '',
  ].join('\n');
}
