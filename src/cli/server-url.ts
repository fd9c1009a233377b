import { parsedUrl } from '../domain/parsed-url.js';

/**
 * Returns a server's address, without a slash at the end, from its address or that of one of its
 * pages: http(s), perhaps with a path that a proxy puts first. Undefined for anything else.
 */
export function serverUrlOf(text: string): string | undefined {
  const url = /^https?:\/\//i.test(text) ? parsedUrl(text) : undefined;
  if (url === undefined) return undefined;
  const { origin, pathname, username, password } = url;
  if (username !== '' || password !== '') return undefined;
  const path = pathname.replace(/\/+$/, '').replace(PAGE, '').replace(/\/+$/, '');
  return `${origin}${path}`;
}

/** Pages of the API that people copy with the address. */
const PAGE = /\/(graphql|graphiql|events|metrics|health(\/\w+)?)$/;

/** Says what is wrong with an address that serverUrlOf does not take. */
export function addressFault(text: string): string {
  const isBare = !/^[a-z]+:\/\//i.test(text);
  const whole = `http://${text}`;
  return isBare && serverUrlOf(whole) !== undefined
    ? `lacks http:// or https://, as in ${whole}`
    : 'must be an http(s) address without a user in it';
}

/**
 * Throws where an answer redirects its reader, such as from http to https. A redirect is not
 * followed, since a POST would lose its body on the way.
 */
export function assertNotMoved({ status, headers }: Response, url: string): void {
  const location = headers.get('location');
  if (status < 300 || status >= 400 || location === null) return;
  const place = parsedUrl(location, url)?.href ?? location;
  throw new Error(`${url} sends to ${serverUrlOf(place) ?? place}: name that with --url`);
}
