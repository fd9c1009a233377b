import { isbot } from 'isbot';
import type { SessionContext } from '../../domain/session-context.js';
import { clientHints } from './client-hints.js';
import { deviceOf } from './device.js';
import { headerOf, type Headers } from './headers.js';
import { browserOf, osOf } from './names.js';
import { RecentlyUsed } from './recently-used.js';

/** Longer ones are read so far: what follows is what apps add, and patterns take their time. */
const AGENT_LENGTH_MAX = 1_000;
/** An audience has some thousands; a kept one takes a few hundred bytes. */
const AGENTS_KEPT_MAX = 5_000;

/** What a User-Agent with its client hints tells. */
export interface Agent {
  readonly context: Pick<SessionContext, 'device' | 'os' | 'browser'>;
  /** Whether it looks like a program's. curl's does, and so do those of apps. */
  readonly isProgram: boolean;
}

/** Reads agents, each once while it is in use. They stay in memory. */
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
