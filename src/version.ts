import { existsSync, readFileSync } from 'node:fs';

/** The file lies beside the sources, and two folders above a build of them. */
const PLACES = ['../package.json', '../../package.json'].map(
  (place) => new URL(place, import.meta.url),
);

/** Reads the version of this release from package.json. */
export function readVersion(): string {
  const [place] = PLACES.filter((one) => existsSync(one));
  if (place === undefined) throw new Error('the package.json of this program is missing');
  return (JSON.parse(readFileSync(place, 'utf8')) as { readonly version: string }).version;
}
