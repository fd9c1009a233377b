/** Pages of the API that people copy with the address. */
const PAGE = /\/(graphql|graphiql|events|metrics|health(\/\w+)?)$/;

/**
 * Where a server is, without a slash at the end: an http(s) address, perhaps with the path that a
 * proxy puts before all of it, or that of one of its pages. Undefined for anything else.
 */
export function serverUrlOf(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, pathname, username, password } = new URL(text);
  if (username !== '' || password !== '') return undefined;
  const path = pathname.replace(/\/+$/, '').replace(PAGE, '').replace(/\/+$/, '');
  return `${origin}${path}`;
}

/** What is wrong with an address that serverUrlOf does not take. */
export function addressFault(text: string): string {
  const isBare = !/^[a-z]+:\/\//i.test(text);
  const whole = `http://${text}`;
  return isBare && serverUrlOf(whole) !== undefined
    ? `lacks http:// or https://, as in ${whole}`
    : 'must be an http(s) address without a user in it';
}

/**
 * Throws where an answer sends its reader elsewhere, such as from http to https: that is not
 * followed, since a POST would lose its body on the way.
 */
export function assertNotMoved({ status, headers }: Response, url: string): void {
  const location = headers.get('location');
  if (status < 300 || status >= 400 || location === null) return;
  const place = URL.canParse(location, url) ? new URL(location, url).href : location;
  throw new Error(`${url} sends to ${serverUrlOf(place) ?? place}: name that with --url`);
}
