/** The tracker for bundlers, as `GET /playhead.module.js` serves it; see docs/players.md. */
export interface TrackerOptions {
  /** The server's address, such as https://stats.example. */
  readonly url: string;
  /** An ingest key, where the server has keys. */
  readonly key?: string | undefined;
  /** Whether events that could not be sent are kept for the next visit, and a random viewer id. */
  readonly store?: boolean | undefined;
}

/** What only the page knows of a player; all of it may be left out. */
export interface Observed {
  /** An Hls object of hls.js. */
  readonly hls?: object;
  /** A MediaPlayer of dash.js. */
  readonly dash?: object;
  /** A Player of Shaka. */
  readonly shaka?: object;
  /** The title's id, of at most 200 characters. */
  readonly media?: string;
  /** Who watches: the server keeps a keyed hash of it. */
  readonly viewer?: string;
  readonly player?: string;
  readonly app?: string;
  readonly cdn?: string;
  readonly live?: boolean;
  readonly custom1?: string;
  readonly custom2?: string;
  readonly custom3?: string;
}

export interface Tracker {
  /** Follows an element, or tells more of one that is followed. Returns what ends that. */
  observe(element: HTMLMediaElement, observed?: Observed): () => void;
  /** Follows every element that plays in a document or shadow tree, also later ones. */
  discover(root: Document | ShadowRoot): void;
}

export declare function createTracker(options: TrackerOptions): Tracker;
