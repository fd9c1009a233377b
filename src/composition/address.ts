import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config.js';

/** The server cannot listen at HOST and PORT; the message says why and what to do. */
export class AddressUnfit extends Error {
  constructor(
    message: string,
    /** Says whether the same address may work later. */
    readonly isForNow: boolean,
  ) {
    super(message);
    this.name = 'AddressUnfit';
  }
}

/** Returns the one address to listen at: two servers could not be ended together. */
export const addressOf = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host);

type Address = Pick<Config, 'host' | 'port'>;

/** Finds out, before anything is opened or made, whether the server will be able to listen. */
export async function checkAddress({ host, port }: Address): Promise<void> {
  const probe = createServer();
  probe.listen(port, addressOf(host));
  await explainingAddress({ host, port }, () => once(probe, 'listening'));
  const closed = once(probe, 'close');
  probe.close();
  await closed;
}

/** Runs work that listens; throws AddressUnfit if the address is why it fails. */
export async function explainingAddress<Result>(
  address: Address,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw faultOf(String((error as NodeJS.ErrnoException).code), address) ?? error;
  }
}

function faultOf(code: string, { host, port }: Address): AddressUnfit | undefined {
  const place = `port ${String(port)} on ${host}`;
  switch (code) {
    case 'EADDRINUSE':
      return new AddressUnfit(`${place} is taken: set PORT, or PORT=0 for a free one`, true);
    case 'EACCES':
    case 'EPERM':
      return new AddressUnfit(`${place} is not for this user: set PORT to 1024 or more`, false);
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return new AddressUnfit(`${host} is no address of this machine: set HOST to one`, false);
    case 'EAFNOSUPPORT':
      return new AddressUnfit(`this machine has no addresses like ${host}: set HOST`, false);
    case 'ENOTFOUND':
      return new AddressUnfit(`no host is known by the name ${host}: set HOST`, false);
    case 'EAI_AGAIN':
      return new AddressUnfit(`the name ${host} cannot be looked up now: set HOST`, true);
    default:
      return undefined;
  }
}
