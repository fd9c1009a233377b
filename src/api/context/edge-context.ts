import type { FastifyRequest } from 'fastify';
import type { SessionContext } from '../../domain/session-context.js';
import type { Countries } from '../../ports/countries.js';
import { Agents } from './agents.js';
import { lookedUpCountry, statedCountry, trustedPeers, type IsTrusted } from './country.js';
import { headerOf, isOn, type Headers } from './headers.js';
import { pageFrom, type PageSetting } from './page.js';

/** Finds the context of a viewer's session in the request that reports it. */
export class EdgeContext {
  private readonly agents = new Agents();
  private readonly isTrusted: IsTrusted;

  constructor(
    private readonly settings: EdgeContextSettings,
    private readonly countries?: Countries,
  ) {
    this.isTrusted = trustedPeers(settings.trustProxy);
  }

  /** Returns the findings. They hold neither the address nor the agent. */
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

/** The settings that say which facts are filled in, under the configuration's names. */
export interface EdgeContextSettings {
  readonly bots: 'drop' | 'keep';
  readonly page: PageSetting;
  /** The header's name in lower case; undefined if no header states a country. */
  readonly countryHeader: string | undefined;
  readonly trustProxy: boolean | number | readonly string[];
}

/** The facts in a request about its sender. */
export interface RequestFacts {
  readonly headers: Headers;
  /** The address at the other end of the connection; undefined for a socket that has none. */
  readonly peer: string | undefined;
  /** The address that TRUST_PROXY yields, fastify's `request.ip`. */
  readonly client: string;
}

/** Returns the facts in a request over HTTP. */
export const requestFactsOf = ({ headers, ip: client, raw }: FastifyRequest): RequestFacts => ({
  headers,
  client,
  peer: raw.socket.remoteAddress,
});

/** The facts that the server finds about a request's sender. */
export interface EdgeFindings {
  /** The context to use where the sender states none; empty if the server may not look at it. */
  readonly filled: SessionContext;
  /**
   * Says whether the reports are answered and not stored, because a program poses as a browser.
   * curl, apps and servers are not bots. With another setting of BOTS all reports are stored.
   */
  readonly isBot: boolean;
  /**
   * Says whether the sender asked for privacy by GPC or DNT. Then only `withoutPrivate` of the
   * stated context is kept.
   */
  readonly isPrivate: boolean;
}

/** Headers of which a request from a page has at least one. */
const OF_PAGES = ['origin', 'referer', 'sec-fetch-site'];

/** Says whether a viewer asks for privacy, by GPC or DNT. */
export const isPrivate = (headers: Headers): boolean =>
  isOn(headers, 'sec-gpc') || isOn(headers, 'dnt');
