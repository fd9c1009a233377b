type Removal = Parameters<EventTarget['removeEventListener']>;

/** What a page's media element is to the tracker; it does what a test makes it do. */
export class MadeUpMedia extends EventTarget {
  paused = true;
  ended = false;
  seeking = false;
  autoplay = false;
  loop = false;
  muted = false;
  controls = true;
  currentTime = 0;
  duration = 100;
  playbackRate = 1;
  readyState = 4;
  networkState = 1;
  error: { readonly code: number } | null = null;
  currentSrc = 'https://site.example/films/film.mp4';
  videoWidth = 640;
  videoHeight = 360;
  readonly played = { length: 0 };
  readonly shadowRoot = null;
  /** What `closest` finds, by selector, in the element's own tree. */
  around: Readonly<Record<string, { getAttribute(): string }>> = {};
  root: { readonly host?: MadeUpMedia } = {};

  constructor(private readonly pass: (ms: number) => void) {
    super();
  }

  /** Node.js understands nothing but options. */
  override removeEventListener(...[name, listener, isCaptured]: Removal): void {
    super.removeEventListener(name, listener, { capture: isCaptured === true });
  }

  closest(selector: string): unknown {
    return this.around[selector] ?? null;
  }

  getRootNode(): object {
    return this.root;
  }

  fire(...names: readonly string[]): void {
    for (const name of names) this.dispatchEvent(new Event(name));
  }

  wish(): void {
    this.paused = false;
    this.fire('play');
  }

  begin(): void {
    this.wish();
    this.fire('playing');
  }

  pause(): void {
    this.paused = true;
    this.fire('pause');
  }

  /** Plays on for a while, as far as its end, and tells of its position from time to time. */
  shows(seconds: number, tickMs = 250): void {
    for (let goneMs = 0; goneMs < seconds * 1_000; goneMs += tickMs) {
      this.pass(tickMs);
      this.currentTime += (tickMs / 1_000) * this.playbackRate;
      this.fire('timeupdate');
    }
  }

  /** Asks for another position; it is there once `arrives` is called. */
  goTo(position: number): void {
    this.currentTime = position;
    this.seeking = true;
    this.fire('seeking');
  }

  arrives(): void {
    this.seeking = false;
    this.fire('timeupdate', 'seeked');
  }
}
