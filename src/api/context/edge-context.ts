import type { FastifyRequest } from 'fastify';
import type { SessionContext } from '../../domain/session-context.js';
import type { Countries } from '../../ports/countries.js';
import { Agents } from './agents.js';
import { lookedUpCountry, statedCountry, trustedPeers, type IsTrusted } from './country.js';
import { headerOf, isOn, type Headers } from './headers.js';
import { pageFrom, type PageSetting } from './page.js';

/** The settings that say what is filled in; names as in the configuration. */
export interface EdgeContextSettings {
  readonly bots: 'drop' | 'keep';
  readonly page: PageSetting;
  /** In lower case; undefined: no header states a country. */
  readonly countryHeader: string | undefined;
  readonly trustProxy: boolean | number | readonly string[];
}

/** What a request tells of whoever sends it. */
export interface RequestFacts {
  readonly headers: Headers;
  /** The address at the other end of the connection; undefined for a socket that has none. */
  readonly peer: string | undefined;
  /** The address that TRUST_PROXY yields, fastify's `request.ip`. */
  readonly client: string;
}

/** What a request over HTTP tells. */
export const requestFactsOf = ({ headers, ip: client, raw }: FastifyRequest): RequestFacts => ({
  headers,
  client,
  peer: raw.socket.remoteAddress,
});

/** What a request's sender need not state. */
export interface EdgeFindings {
  /** What holds where nothing is stated; empty where nothing may be looked at. */
  readonly filled: SessionContext;
  /**
   * Says whether the reports are answered and not stored: a program acts as a browser. curl, apps
   * and servers are no bots, and BOTS may let all of them be stored.
   */
  readonly isBot: boolean;
  /** GPC or DNT: of what is stated, `withoutPrivate` is left. */
  readonly isPrivate: boolean;
}

/** The headers that pages' requests have, at least one of them. */
const OF_PAGES = ['origin', 'referer', 'sec-fetch-site'];

/** Says whether a viewer asks not to be told apart, by GPC or DNT. */
export const isPrivate = (headers: Headers): boolean =>
  isOn(headers, 'sec-gpc') || isOn(headers, 'dnt');

/** What can be known of a viewer's session from the request that reports it. */
export class EdgeContext {
  private readonly agents = new Agents();
  private readonly isTrusted: IsTrusted;

  constructor(
    private readonly settings: EdgeContextSettings,
    private readonly countries?: Countries,
  ) {
    this.isTrusted = trustedPeers(settings.trustProxy);
  }

  /** Neither the address nor the agent is among the findings. */
  findingsOf(facts: RequestFacts): EdgeFindings {
    const { headers } = facts;
    const agent = this.agents.agentOf(headers);
    const isBot =
      this.settings.bots === 'drop' &&
      agent.isProgram &&
      OF_PAGES.some((name) => headerOf(headers, name, 1) !== undefined);
    if (isPrivate(headers)) return { filled: {}, isBot, isPrivate: true };
    const country = this.countryOf(facts);
    const page = pageFrom(headers, this.settings.page);
    const filled = {
      ...agent.context,
      ...(country !== undefined && { country }),
      ...(page !== undefined && { page }),
    };
    return { filled, isBot, isPrivate: false };
  }

  private countryOf({ headers, peer, client }: RequestFacts): string | undefined {
    const { countryHeader } = this.settings;
    const isBelieved = peer !== undefined && this.isTrusted(peer);
    const stated =
      countryHeader !== undefined && isBelieved ? statedCountry(headers, countryHeader) : undefined;
    if (stated !== undefined || this.countries === undefined) return stated;
    return lookedUpCountry(this.countries, client);
  }
}
