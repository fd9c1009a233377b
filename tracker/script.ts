import { PARTS } from './parts.js';
import { say } from './say.js';
import { Tracker } from './tracker.js';

/**
 * What `<script src="https://stats.example/playhead.js" data-key="..." defer></script>` runs: it
 * follows every element of the page that plays, and offers `playhead.observe` to the page.
 */
declare global {
  interface Window {
    playhead?: Pick<Tracker, 'observe'>;
  }
}

type Attach = (this: Element, init: ShadowRootInit) => ShadowRoot;

try {
  run();
} catch (error) {
  // Whatever it is, it is not the page's.
  say(String(error));
}

function run(): void {
  const script = document.currentScript as HTMLScriptElement | null;
  if (script === null) {
    say('module');
    return;
  }
  const { key, store } = script.dataset;
  const url = script.src.replace(/\/playhead\.js.*$/, '');
  const tracker = new Tracker({ url, key, store: store !== undefined }, PARTS);
  // An element with this id, or a variable of the page, has the name first.
  if (window.playhead === undefined) window.playhead = tracker;
  else say('name');
  tracker.discover(document);
  const { prototype } = Element;
  const attach = Object.getOwnPropertyDescriptor(prototype, 'attachShadow')?.value as Attach;
  prototype.attachShadow = function (init) {
    const root = attach.call(this, init);
    if (init.mode === 'open') tracker.discover(root);
    return root;
  };
}
