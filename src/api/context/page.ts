import { hostOf, pageOf } from '../../domain/web-addresses.js';
import { headerOf, type Headers } from './headers.js';

/** Returns the page that a request was sent from, which is the player's own. */
export function pageFrom(headers: Headers, setting: PageSetting): string | undefined {
  if (setting === 'off') return undefined;
  for (const name of ['referer', 'origin']) {
    const address = headerOf(headers, name, URL_LENGTH_MAX);
    if (address === undefined || !WEB_ADDRESS.test(address)) continue;
    const page = setting === 'host' ? hostOf(address) : pageOf(address, withoutTokens);
    if (page !== undefined) return page;
  }
  return undefined;
}

/** The part of a page's address that is kept if no player states it; the choices of PAGE. */
export type PageSetting = 'off' | 'host' | 'path';

const URL_LENGTH_MAX = 2_000;
const WEB_ADDRESS = /^https?:\/\//i;
/** Matches a segment that names a person, a session or a token rather than a page. */
const TOKEN = /^[a-z\d]{24,}$/i;

const withoutTokens = (path: string): string =>
  path
    .split('/')
    .map((segment) => (TOKEN.test(segment) ? '*' : segment))
    .join('/');
