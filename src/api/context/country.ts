import { compile } from '@fastify/proxy-addr';
import { countryCode } from '../../domain/country-codes.js';
import type { Countries } from '../../ports/countries.js';
import { headerOf, type Headers } from './headers.js';

/** Whose word is taken for a client's address; what TRUST_PROXY says. */
type TrustProxy = boolean | number | readonly string[];

/** Whether a peer is a proxy whose headers are believed. */
export type IsTrusted = (peer: string) => boolean;

/** The peers that TRUST_PROXY names, as fastify and its setting in composition/http.ts have it. */
export function trustedPeers(trustProxy: TrustProxy): IsTrusted {
  if (typeof trustProxy === 'boolean') return () => trustProxy;
  // With a number, all that reach the server do so through that many.
  if (typeof trustProxy === 'number') return () => trustProxy > 0;
  const trusts = compile([...trustProxy]);
  return (peer) => trusts(peer, 0);
}

/**
 * The country that a proxy's header states. Two values are none: one of them came from the client.
 */
export function statedCountry(headers: Headers, name: string): string | undefined {
  const text = headerOf(headers, name, 20);
  return text === undefined ? undefined : countryCode(text.trim());
}

/** The country of an address, if it is one that the contract knows. */
export function lookedUpCountry(countries: Countries, address: string): string | undefined {
  const code = countries.countryOf(address);
  return code === undefined ? undefined : countryCode(code);
}
