import type { Adapted, Players } from './adapters.js';
import type { TrackedEvent } from './event.js';
import { Outbox, type Merge } from './outbox.js';
import type { Observed, Tracker as PublicTracker, TrackerOptions } from './playhead.module.js';
import { say } from './say.js';
import type { Store } from './store.js';
import { OF_USE, type Teller } from './told.js';
import { Followed } from './view.js';

/** What a page may do without: each makes the script larger. */
export interface Parts {
  /** Makes an adapter of a player; see `adapters.ts`. */
  readonly adapt?: (
    players: Players,
    onFailure: () => void,
    address: string,
    media: HTMLMediaElement,
  ) => Adapted;
  /** Makes heartbeats one while the server is out of reach. */
  readonly merge?: Merge;
  /** See `store.ts`. */
  readonly openStore?: (
    newId: () => string,
    isKept: boolean | undefined,
    isPrivate: boolean,
  ) => Store | undefined;
}

const SEND_MS = 1_000;
const ID_LENGTH_MAX = 200;

/** Of each element that some tracker of the page has, what ends that. */
type Claims = WeakMap<HTMLMediaElement, () => void>;

export class Tracker implements PublicTracker {
  readonly #base: string;
  readonly #adapt: Parts['adapt'];
  readonly #outbox: Outbox;
  readonly #isPrivate: boolean;
  readonly #followed = new Set<Followed>();
  readonly #claims: Claims;

  constructor({ url, key, store: isKept }: TrackerOptions, parts: Parts = {}) {
    this.#adapt = parts.adapt;
    this.#base = url.replace(/\/+$/, '');
    // Two trackers of one page share them, where they report to the same server.
    const page = globalThis as unknown as Record<symbol, Claims | undefined>;
    this.#claims = page[Symbol.for(`playhead ${this.#base}`)] ??= new WeakMap();
    const { globalPrivacyControl } = navigator as { globalPrivacyControl?: boolean };
    this.#isPrivate = !!globalPrivacyControl;
    const store = parts.openStore?.(newId, isKept, this.#isPrivate);
    const ofKey = key ? `&key=${encodeURIComponent(key)}` : '';
    this.#outbox = new Outbox(`${this.#base}/events?partial=1${ofKey}`, store, parts.merge);
    addEventListener('pagehide', () => {
      for (const one of this.#followed) one.end();
      this.#outbox.sendNow();
    });
    // Some browsers let what is in a page that comes back play on, and say nothing of it.
    addEventListener('pageshow', () => {
      for (const one of this.#followed) one.joinIn();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) {
        for (const one of this.#followed) one.heartbeat();
        this.#outbox.sendNow();
      } else void this.#outbox.send();
    });
  }

  observe(media: HTMLMediaElement, observed: Observed = {}): () => void {
    try {
      const played = !this.#claims.has(media) && media.played;
      this.#watch(media, observed).joinIn(played);
      return () => {
        this.#forget(media);
        // So that nobody finds it and takes it up again.
        this.#claims.set(media, () => undefined);
      };
    } catch (error) {
      say('observe', error);
      return () => undefined;
    }
  }

  discover(root: Document | ShadowRoot): void {
    const isWanted = (element: unknown): element is HTMLMediaElement =>
      element instanceof HTMLMediaElement && !this.#claims.has(element) && !isLeftOut(element);
    // Events of media do not bubble, but whoever is above may listen before.
    for (const name of OF_USE) {
      root.addEventListener(name, ({ target }) => isWanted(target) && this.#watch(target), true);
    }
    for (const element of root.querySelectorAll('*')) {
      if (isWanted(element) && !element.paused) this.#watch(element).joinIn(element.played);
      if (element.shadowRoot !== null) this.discover(element.shadowRoot);
    }
  }

  #forget(media: HTMLMediaElement): void {
    this.#claims.get(media)?.();
    this.#claims.delete(media);
  }

  #watch(media: HTMLMediaElement, observed: Observed = {}): Followed {
    this.#forget(media);
    const onFailure = (): void => {
      one.error();
    };
    // Whether the objects are such players nobody can say beforehand.
    const adapter = this.#adapt?.(
      ...([observed as Players, onFailure, `${this.#base}/cmcd`, media] as const),
    );
    const one = new Followed(media, this.#tellerFor(media, observed, adapter?.name), adapter);
    this.#followed.add(one);
    this.#claims.set(media, () => {
      one.close();
      this.#followed.delete(one);
    });
    return one;
  }

  #tellerFor(media: HTMLMediaElement, observed: Observed, player: string | undefined): Teller {
    let ids = { mediaId: '', sessionId: '' };
    let context: TrackedEvent['context'];
    let events = 0;
    return {
      begin: () => {
        ids = { mediaId: titleOf(media, observed), sessionId: newId() };
        context = contextOf(observed, player);
        events = 0;
      },
      tell: (eventType, details, agoMs) => {
        this.#send({
          ...ids,
          ...details,
          eventType,
          eventId: String((events += 1)),
          mediaDuration: observed.live ? undefined : details.mediaDuration,
          userId: this.#isPrivate ? undefined : observed.viewer,
          occurredAt: new Date(Date.now() - agoMs).toISOString(),
          context: { ...context, ...details.context },
        });
        context = undefined;
      },
    };
  }

  #send(event: TrackedEvent): void {
    this.#outbox.add(event);
    // What comes until then goes along.
    setTimeout(() => void this.#outbox.send(), SEND_MS);
  }
}

/** The nearest element around one that is such, also outside of the shadow trees that it is in. */
function closest(element: Element, selector: string): Element | undefined {
  const { host } = element.getRootNode() as Partial<ShadowRoot>;
  return element.closest(selector) ?? (host && closest(host, selector));
}

const isLeftOut = (media: HTMLMediaElement): boolean =>
  !!closest(media, '[data-playhead=off]') ||
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
function titleOf(media: HTMLMediaElement, observed: Observed): string {
  const name = 'data-playhead-media';
  const named = observed.media ?? closest(media, `[${name}]`)?.getAttribute(name);
  if (named) return named;
  const { currentSrc } = media;
  const isFile = currentSrc.startsWith('http') && !/\.(m3u8|mpd)\b/i.test(currentSrc);
  const { pathname } = isFile ? new URL(currentSrc) : location;
  say('title', pathname);
  return pathname.slice(0, ID_LENGTH_MAX);
}

/** A random id; pages without TLS have no randomUUID. */
const newId = (): string =>
  (crypto as Partial<Crypto>).randomUUID?.() ??
  crypto.getRandomValues(new Uint32Array(4)).join('-');
