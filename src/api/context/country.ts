import { compile } from '@fastify/proxy-addr';
import { countryCode } from '../../domain/country-codes.js';
import type { Countries } from '../../ports/countries.js';
import { headerOf, type Headers } from './headers.js';

/** The setting TRUST_PROXY: the proxies whose word for a client's address is believed. */
type TrustProxy = boolean | number | readonly string[];

/** Says whether a peer is a proxy whose headers are believed. */
export type IsTrusted = (peer: string) => boolean;

/** Makes the test for the peers that TRUST_PROXY names, as fastify does (server/http.ts). */
export function trustedPeers(trustProxy: TrustProxy): IsTrusted {
  if (typeof trustProxy === 'boolean') return () => trustProxy;
  // With a number, all that reach the server do so through that many.
  if (typeof trustProxy === 'number') return () => trustProxy > 0;
  const trusts = compile([...trustProxy]);
  return (peer) => trusts(peer, 0);
}

/**
 * Returns the country that a proxy's header states. Two values count as none, since one of them
 * came from the client.
 */
export function statedCountry(headers: Headers, name: string): string | undefined {
  const text = headerOf(headers, name, 20);
  return text === undefined ? undefined : countryCode(text.trim());
}

/** Returns the country of an address; undefined if it has none that the contract knows. */
export function lookedUpCountry(countries: Countries, address: string): string | undefined {
  const code = countries.countryOf(address);
  return code === undefined ? undefined : countryCode(code);
}
