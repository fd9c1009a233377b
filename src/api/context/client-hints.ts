import { headerOf, type Headers } from './headers.js';

const HINT_LENGTH_MAX = 300;
/** A member of Sec-CH-UA, a list of strings with parameters (RFC 9651, section 3.1). */
const BRAND = /"([^"\\]*)"\s*;\s*v="(\d{0,9})[^"]*"/g;

/** What browsers that freeze their User-Agent say beside it (https://wicg.github.io/ua-client-hints/). */
export interface ClientHints {
  /** Sec-CH-UA as it was sent. */
  readonly brands: string;
  /** Sec-CH-UA-Mobile. */
  readonly isMobile: boolean | undefined;
  /** Sec-CH-UA-Platform, without its quotes. */
  readonly platform: string;
}

/** The hints of a request that need not be asked for. */
export function clientHints(headers: Headers): ClientHints {
  const hint = (name: string): string => headerOf(headers, name, HINT_LENGTH_MAX) ?? '';
  const mobile = hint('sec-ch-ua-mobile').trim();
  return {
    brands: hint('sec-ch-ua'),
    isMobile: mobile === '?1' || (mobile === '?0' ? false : undefined),
    platform: hint('sec-ch-ua-platform').trim().replace(/^"|"$/g, ''),
  };
}

/** The brands that a browser says it is of. */
export const brandsIn = (text: string): readonly { brand: string; version: string }[] =>
  [...text.matchAll(BRAND)].map(([, brand = '', version = '']) => ({ brand, version }));
