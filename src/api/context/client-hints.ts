import { headerOf, type Headers } from './headers.js';

/**
 * The client hints of browsers whose User-Agent is frozen
 * (https://wicg.github.io/ua-client-hints/).
 */
export interface ClientHints {
  /** Sec-CH-UA as it was sent. */
  readonly brands: string;
  /** Sec-CH-UA-Mobile. */
  readonly isMobile: boolean | undefined;
  /** Sec-CH-UA-Platform, without its quotes. */
  readonly platform: string;
}

const HINT_LENGTH_MAX = 300;

/** Returns the hints that browsers send without being asked. */
export function clientHints(headers: Headers): ClientHints {
  const hint = (name: string): string => headerOf(headers, name, HINT_LENGTH_MAX) ?? '';
  const mobile = hint('sec-ch-ua-mobile').trim();
  return {
    brands: hint('sec-ch-ua'),
    isMobile: mobile === '?1' || (mobile === '?0' ? false : undefined),
    platform: hint('sec-ch-ua-platform').trim().replace(/^"|"$/g, ''),
  };
}

/** A member of Sec-CH-UA, a list of strings with parameters (RFC 9651, section 3.1). */
const BRAND = /"([^"\\]*)"\s*;\s*v="(\d{0,9})[^"]*"/g;

/** Returns the brands that a browser claims. */
export const brandsIn = (text: string): readonly { brand: string; version: string }[] =>
  [...text.matchAll(BRAND)].map(([, brand = '', version = '']) => ({ brand, version }));
