import { existsSync, readFileSync } from 'node:fs';

/** Beside the sources, and above a build of them. */
const PLACES = ['../package.json', '../../package.json'].map(
  (place) => new URL(place, import.meta.url),
);

/** The version of this release, as package.json states it. */
export function readVersion(): string {
  const [place] = PLACES.filter((one) => existsSync(one));
  if (place === undefined) throw new Error('the package.json of this program is missing');
  return (JSON.parse(readFileSync(place, 'utf8')) as { readonly version: string }).version;
}
