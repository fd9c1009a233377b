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
