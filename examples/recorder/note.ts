/** What `notes.js` wrote down in a page; times are epoch milliseconds, positions seconds. */
export interface Note {
  /**
   * The name of a media event; `look`; or what the page itself did: `request` (it is about to load
   * a title to play it), `load` (to wait with it), `failed` (the player gave up), `gone`.
   */
  readonly name: string;
  readonly at: number;
  readonly position: number;
  readonly paused: boolean;
  readonly seeking: boolean;
  readonly ended: boolean;
  readonly rate: number;
  readonly autoplay: boolean;
  readonly loop: boolean;
  /** Null where the element has none, or plays what is going on: JSON knows no other numbers. */
  readonly duration: number | null;
}
