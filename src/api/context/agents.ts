import { isbot } from 'isbot';
import type { SessionContext } from '../../domain/session-context.js';
import { clientHints } from './client-hints.js';
import { deviceOf } from './device.js';
import { headerOf, type Headers } from './headers.js';
import { browserOf, osOf } from './names.js';
import { RecentlyUsed } from './recently-used.js';

/** Reads agents and remembers the findings, so that it reads each agent in use once. */
export class Agents {
  private readonly kept = new RecentlyUsed<Agent>(AGENTS_KEPT_MAX);

  agentOf(headers: Headers): Agent {
    const text = headerOf(headers, 'user-agent', AGENT_LENGTH_MAX) ?? '';
    const hints = clientHints(headers);
    const { brands, isMobile, platform } = hints;
    return this.kept.get([text, brands, isMobile, platform].join('\n'), () => {
      const device = deviceOf(text, hints);
      const os = osOf(text, hints);
      const browser = browserOf(text, hints);
      const context = {
        ...(device !== undefined && { device }),
        ...(os !== undefined && { os }),
        ...(browser !== undefined && { browser }),
      };
      return { context, isProgram: isbot(text) };
    });
  }
}

/** The findings from a User-Agent and its client hints. */
export interface Agent {
  readonly context: Pick<SessionContext, 'device' | 'os' | 'browser'>;
  /** Says whether a program sent it rather than a browser. curl and apps count as programs. */
  readonly isProgram: boolean;
}

/** The characters of a User-Agent that are read: apps add long texts, and patterns take time. */
const AGENT_LENGTH_MAX = 1_000;
/** The most agents in memory. An audience has some thousands; each takes a few hundred bytes. */
const AGENTS_KEPT_MAX = 5_000;
