import type { Adapted, Players } from './adapters.js';
import { say, type TrackedEvent } from './event.js';
import { Outbox } from './outbox.js';
import type { Observed, Tracker as PublicTracker, TrackerOptions } from './playhead.module.js';
import type { Store } from './store.js';
import type { Teller } from './told.js';
import { Followed } from './view.js';

/** What a page may do without: each makes the script larger. */
export interface Parts {
  /** Makes an adapter of a player; see `adapters.ts`. */
  readonly adapt?: (players: Players, onFailure: (code: string) => void) => Adapted;
  /** See `store.ts`. */
  readonly openStore?: (
    newId: () => string,
    isKept: boolean | undefined,
    isPrivate: boolean,
  ) => Store | undefined;
}

const SEND_MS = 1_000;
const ID_LENGTH_MAX = 200;

export class Tracker implements PublicTracker {
  readonly #base: string;
  readonly #parts: Parts;
  readonly #outbox: Outbox;
  readonly #isPrivate: boolean;
  readonly #followed = new Map<HTMLMediaElement, Followed>();
  readonly #known = new WeakMap<HTMLMediaElement, Observed>();
  #viewer: string | undefined;
  #sending: ReturnType<typeof setTimeout> | undefined;

  constructor({ url, key, store: isKept }: TrackerOptions, parts: Parts = {}) {
    this.#parts = parts;
    this.#base = url.replace(/\/+$/, '');
    const { globalPrivacyControl } = navigator as { globalPrivacyControl?: boolean };
    this.#isPrivate = globalPrivacyControl === true;
    const store = parts.openStore?.(newId, isKept, this.#isPrivate);
    const ofKey = key === undefined ? '' : `&key=${encodeURIComponent(key)}`;
    this.#outbox = new Outbox(`${this.#base}/events?partial=1${ofKey}`, store);
    void store?.viewer().then((id) => (this.#viewer = id));
    addEventListener('pagehide', () => {
      for (const one of this.#followed.values()) one.end();
      this.#outbox.sendNow();
    });
    // Some browsers let what is in a page that comes back play on, and say nothing of it.
    addEventListener('pageshow', () => {
      for (const one of this.#followed.values()) one.joinIn();
    });
    document.addEventListener('visibilitychange', () => {
      this.#turn(document.visibilityState === 'hidden');
    });
  }

  observe(media: HTMLMediaElement, observed: Observed = {}): () => void {
    this.#known.set(media, observed);
    const played = this.#followed.has(media) ? undefined : media.played;
    // Whether the objects are such players nobody can say beforehand.
    this.#watch(media, observed as Players)?.joinIn(played);
    return () => {
      this.#forget(media);
    };
  }

  discover(root: Document | ShadowRoot): void {
    const isWanted = (element: unknown): element is HTMLMediaElement =>
      element instanceof HTMLMediaElement && !this.#followed.has(element) && !isLeftOut(element);
    // Events of media do not bubble, but whoever is above may listen before.
    for (const name of ['play', 'playing', 'loadstart']) {
      root.addEventListener(name, ({ target }) => isWanted(target) && this.#watch(target), true);
    }
    for (const element of root.querySelectorAll('*')) {
      if (isWanted(element) && !element.paused) this.#watch(element)?.joinIn(element.played);
      if (element.shadowRoot !== null) this.discover(element.shadowRoot);
    }
  }

  #turn(isHidden: boolean): void {
    if (!isHidden) {
      void this.#outbox.send();
      return;
    }
    for (const one of this.#followed.values()) one.heartbeat();
    this.#outbox.sendNow();
  }

  #forget(media: HTMLMediaElement): void {
    this.#followed.get(media)?.close();
    this.#followed.delete(media);
  }

  #watch(media: HTMLMediaElement, players: Players = {}): Followed | undefined {
    this.#forget(media);
    const adapter = this.#parts.adapt?.(players, (code) => this.#followed.get(media)?.fail(code));
    if (this.#reportsItself(media, adapter)) return undefined;
    const one = new Followed(media, this.#tellerFor(media, adapter?.name), adapter);
    this.#followed.set(media, one);
    return one;
  }

  /** A player that reports by itself is counted by that: never twice. */
  #reportsItself(media: HTMLMediaElement, adapter: Adapted | undefined): boolean {
    const isSaid = adapter?.reportsTo(`${this.#base}/cmcd`, media) === true;
    if (isSaid) say('a player reports by CMCD, and is left to that');
    return isSaid;
  }

  #tellerFor(media: HTMLMediaElement, player: string | undefined): Teller {
    let ids = { mediaId: '', sessionId: '' };
    let events = 0;
    return {
      begin: () => {
        ids = { mediaId: titleOf(media, this.#known.get(media)), sessionId: newId() };
        events = 0;
      },
      tell: (eventType, details, agoMs) => {
        const observed = this.#known.get(media) ?? {};
        events += 1;
        const first = events === 1 ? contextOf(observed, player) : {};
        this.#send({
          ...ids,
          ...details,
          eventType,
          eventId: String(events),
          userId: this.#isPrivate ? undefined : (observed.viewer ?? this.#viewer),
          occurredAt: new Date(Date.now() - agoMs).toISOString(),
          context: { ...first, ...details.context },
        });
      },
    };
  }

  #send(event: TrackedEvent): void {
    this.#outbox.add(event);
    this.#sending ??= setTimeout(() => {
      this.#sending = undefined;
      void this.#outbox.send();
    }, SEND_MS);
  }
}

const isLeftOut = (media: HTMLMediaElement): boolean =>
  media.closest('[data-playhead=off]') !== null ||
  (media.muted && media.loop && media.autoplay && !media.controls);

function contextOf(observed: Observed, player: string | undefined): TrackedEvent['context'] {
  const { app, cdn, live, custom1, custom2, custom3 } = observed;
  return {
    page: location.host + location.pathname,
    referrer: document.referrer,
    player: observed.player ?? player,
    ...{ app, cdn, live, custom1, custom2, custom3 },
  };
}

/** The title: as it is named, else the path of its file, else that of the page. */
function titleOf(media: HTMLMediaElement, observed: Observed | undefined): string {
  const named =
    observed?.media ?? media.closest('[data-playhead-media]')?.getAttribute('data-playhead-media');
  if (named) return named;
  const { currentSrc } = media;
  const isFile = /^https?:/.test(currentSrc) && !/\.(m3u8|mpd)(\?|$)/i.test(currentSrc);
  const path = isFile ? new URL(currentSrc).pathname : location.pathname;
  say(`no data-playhead-media: ${path} stands for it`);
  return path.slice(0, ID_LENGTH_MAX);
}

/** A random id; pages without TLS have no randomUUID. */
function newId(): string {
  if ('randomUUID' in crypto) return crypto.randomUUID();
  const words = (crypto as Crypto).getRandomValues(new Uint32Array(4));
  return Array.from(words, (word) => word.toString(36)).join('-');
}
