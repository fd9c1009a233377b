import { isIP } from 'node:net';

/**
 * The proxies whose word for a client's address is believed: all, a number of them, or those at
 * some addresses.
 */
export type TrustProxy = boolean | number | string[];

/** The names that fastify knows for ranges of addresses. */
const ADDRESS_RANGES = ['loopback', 'linklocal', 'uniquelocal'];

/** Says whether a text is a value of TRUST_PROXY. */
export function isTrust(text: string): boolean {
  return /^(true|false|\d{1,2})$/.test(text) || addressesIn(text).every(isAddress);
}

function isAddress(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  if (ADDRESS_RANGES.includes(text)) return true;
  const bitsMax = isIP(address) === 6 ? 128 : 32;
  // All addresses are `true`: a range of no bits is not known further in.
  const isRange = bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= bitsMax);
  return isIP(address) !== 0 && isRange && more.length === 0;
}

const addressesIn = (text: string): string[] => text.split(',').map((item) => item.trim());

/** Returns the proxies that a text names. */
export function trustOf(text: string): TrustProxy {
  if (/^\d+$/.test(text)) return Number(text);
  return text === 'true' || (text === 'false' ? false : addressesIn(text));
}
