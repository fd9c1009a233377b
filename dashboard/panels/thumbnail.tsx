import type { JSX } from 'preact';
import { LATER_WORDS } from '../texts-later.js';

/**
 * The picture of a title, where this server or the page's own host has it: the policy of the page
 * loads none from elsewhere, so that nobody else learns who looks at what. Others are a link.
 */
export function Thumbnail({ address }: { readonly address: string }): JSX.Element {
  if (new URL(address, location.href).origin === location.origin) {
    return <img class="thumbnail" src={address} alt={LATER_WORDS.thumbnail} loading="lazy" />;
  }
  return (
    <a class="thumbnail" href={address} target="_blank" rel="noreferrer">
      {LATER_WORDS.thumbnail}
    </a>
  );
}
