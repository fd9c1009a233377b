import { flat } from './successor-target.js';

/** Checks a connection string of EventStoreDB; BadEventStoreUrl if the client would misread it. */
export function readConnectionString(url: string): ConnectionString {
  const parts = SHAPE.exec(url.trim())?.groups;
  if (parts?.hosts === undefined) {
    throw new BadEventStoreUrl(
      'must look like esdb://user:password@host:2113?tls=true, ' +
        'with ":", "@", "/", "?" and "#" in user and password percent-encoded',
    );
  }
  const options = parts.options?.split('&').filter((option) => option !== '') ?? [];
  for (const option of options) checkOption(option);
  for (const host of parts.hosts.split(',')) checkHost(host);
  // The client knows the older name of the scheme alone.
  const full = `esdb${parts.rest ?? ''}?${[...options, SET_HERE].join('&')}`;
  return { full, address: parts.hosts };
}

/** A setting that cannot be used; the message says why, and never quotes the password. */
export class BadEventStoreUrl extends Error {
  constructor(reason: string) {
    super(`EVENTSTORE_URL ${reason}`);
    this.name = 'BadEventStoreUrl';
  }
}

const USER = /(?:[^:@/?#]+:[^:@/?#]+@)?/.source;
const HOSTS = /(?<hosts>[^@/?#]+)/.source;
const OPTIONS = /(?:\?(?<options>[^@?#]*))?/.source;
const SHAPE = new RegExp(
  `^(?:esdb|kurrentdb)(?<rest>(?:\\+discover)?://${USER}${HOSTS})/?${OPTIONS}$`,
);

/** The options that the client knows; for any other it prints a warning that quotes the string. */
const KNOWN_OPTIONS = [
  'tls',
  'tlsCAFile',
  'userCertFile',
  'userKeyFile',
  'connectionName',
  'maxDiscoverAttempts',
  'discoveryInterval',
  'gossipTimeout',
  'keepAliveInterval',
  'keepAliveTimeout',
  'defaultDeadline',
  'nodePreference',
  'throwOnAppendFailure',
];

const PORT_MAX = 65_535;
const isPort = (port: number): boolean => port >= 1 && port <= PORT_MAX;

/** Options that the adapter relies on. The last value of an option counts. */
const SET_HERE = 'nodePreference=leader&throwOnAppendFailure=true';

export interface ConnectionString {
  /** The whole string, for the client, with the scheme `esdb`; holds the password. */
  readonly full: string;
  /** The hosts and ports, for messages. */
  readonly address: string;
}

function checkHost(host: string): void {
  const [, port] = /^(?:\[[^\]]*\]|[^:]*):(.*)$/.exec(host) ?? [];
  if (port === undefined || !/^\d+$/.test(port) || isPort(Number(port))) return;
  throw new BadEventStoreUrl(`has the port ${port}, where a port is 1 to ${String(PORT_MAX)}`);
}

function checkOption(option: string): void {
  const [name = '', value = ''] = option.split('=');
  if (name === '' || value === '') {
    throw new BadEventStoreUrl(`has ${option}, where an option is name=value`);
  }
  if (flat(name) === 'tlsverifycert') {
    throw new BadEventStoreUrl(
      'has tlsVerifyCert, which the client ignores: name the authority with tlsCAFile',
    );
  }
  if (!KNOWN_OPTIONS.some((known) => flat(known) === flat(name))) {
    throw new BadEventStoreUrl(
      `has the unknown option ${name}; known are ${KNOWN_OPTIONS.join(', ')}`,
    );
  }
}
