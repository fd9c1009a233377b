/** GraphiQL as a script of one file; the server's page calls `GraphiQL.show`. */
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

/** The workers of Monaco, the editor, by its labels for them; any other label means its own. */
const WORKERS = { graphql: 'graphql.worker.js', json: 'json.worker.js' };
const ownUrl = document.currentScript.src;

globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(new URL(WORKERS[label] ?? 'editor.worker.js', ownUrl)),
};

/** Shows GraphiQL in an element, within the page's policy. */
export function show(element, { url, nonce, ...properties }) {
  giveStyles(nonce);
  // The dashboard leads here with the query of a figure after the #, which no server sees.
  const given =
    location.hash === '' ? {} : { initialQuery: decodeURIComponent(location.hash.slice(1)) };
  // The headers of the editor go along: the key is taken as `authorization`.
  const subscriptionUrl = new URL(url, location.href);
  subscriptionUrl.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const fetcher = createGraphiQLFetcher({ url, subscriptionUrl: subscriptionUrl.href });
  createRoot(element).render(createElement(GraphiQL, { fetcher, ...properties, ...given }));
}

/**
 * Lets Monaco style the page, whose policy forbids what the page's nonce does not allow. Monaco
 * knows no nonce, and writes `style` attributes as HTML, where a policy can only allow all of them.
 */
function giveStyles(nonce) {
  const create = document.createElement.bind(document);
  document.createElement = (name, ...options) =>
    Object.assign(create(name, ...options), /^style$/i.test(name) && { nonce });
  const { prototype } = Element;
  const { insertAdjacentHTML } = prototype;
  const innerHTML = Object.getOwnPropertyDescriptor(prototype, 'innerHTML');
  const setStyles = (root) => {
    for (const styled of root.querySelectorAll('[data-style]')) {
      styled.style.cssText = styled.dataset.style;
      styled.removeAttribute('data-style');
    }
  };
  const withoutStyles = (html) => String(html).replace(/(<[^<>]*?\s)style=(?=")/g, '$1data-style=');
  prototype.insertAdjacentHTML = function (where, html) {
    insertAdjacentHTML.call(this, where, withoutStyles(html));
    setStyles(this.parentNode ?? this);
  };
  Object.defineProperty(prototype, 'innerHTML', {
    ...innerHTML,
    set(html) {
      innerHTML.set.call(this, withoutStyles(html));
      setStyles(this);
    },
  });
}
