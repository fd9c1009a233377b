import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { CommandContext } from './command.js';
import { WrongUsage } from './failure.js';

const URL_DEFAULT = 'http://127.0.0.1:3000';
/** How long an answer may take: a retry of parked events is waited for. */
const ANSWER_MS = 60_000;
/** Codes of answers that another call would not get. */
const USAGE_CODES: ReadonlySet<unknown> = new Set(['NOT_FOUND', 'BAD_USER_INPUT']);

/** Where a server is, as options say. */
export interface RemoteOptions {
  readonly url?: string;
  readonly key?: string;
}

/** What the help says of the options that lead to a server. */
export const REMOTE_HELP = `
Talks to a running server: --url or PLAYHEAD_URL says where it is (${URL_DEFAULT}),
--key, ADMIN_KEY or ADMIN_KEY_FILE is its admin key, if it has one.`;

/** Adds the options that say where the server is. */
export const withRemote = (command: Command): Command =>
  command
    .option('--url <url>', 'where the server is')
    .option('--key <key>', 'an admin key of the server');

/** A running server's API. */
export class Remote {
  private constructor(
    private readonly url: string,
    private readonly key: string | undefined,
    private readonly interruption: AbortSignal,
  ) {}

  static of(
    { url, key }: RemoteOptions,
    { environment, interruption }: Pick<CommandContext, 'environment' | 'interruption'>,
  ): Remote {
    const set = (name: string): string | undefined =>
      environment[name] === '' ? undefined : environment[name];
    const place = url ?? set('PLAYHEAD_URL') ?? URL_DEFAULT;
    if (!/^https?:\/\/[^/]/.test(place)) throw new WrongUsage('--url: must be an http(s) URL');
    const path = set('ADMIN_KEY_FILE');
    const file = path === undefined ? undefined : readFileSync(path, 'utf8');
    const [first] = (key ?? set('ADMIN_KEY') ?? file)?.split(',') ?? [];
    return new Remote(place.replace(/\/+$/, ''), first?.trim(), interruption);
  }

  /** Runs an operation and gives its only field; an error is a line that says why. */
  async ask<Result>(query: string, variables: Readonly<Record<string, string>>): Promise<Result> {
    const { data, errors = [] } = await this.send({ query, variables });
    const [error] = errors;
    if (error !== undefined) {
      const { message, extensions: { code = 'INTERNAL' } = {} } = error;
      const hint = code === 'UNAUTHENTICATED' ? '; --key or ADMIN_KEY gives an admin key' : '';
      const explained = `${message} (${code})${hint}`;
      throw USAGE_CODES.has(code) ? new WrongUsage(explained) : new Error(explained);
    }
    return Object.values(data ?? {})[0] as Result;
  }

  private async send(request: object): Promise<Answer> {
    const authorization = this.key === undefined ? {} : { authorization: `Bearer ${this.key}` };
    const headers = { 'content-type': 'application/json', ...authorization };
    const signal = AbortSignal.any([this.interruption, AbortSignal.timeout(ANSWER_MS)]);
    const what = { method: 'POST', headers, body: JSON.stringify(request), signal };
    const response = await this.reach(() => fetch(`${this.url}/graphql`, what));
    const text = await this.reach(() => response.text());
    const answer = answerIn(text);
    if (answer !== undefined) return answer;
    throw new Error(`${this.url} answers ${String(response.status)}, not as Playhead does`);
  }

  private async reach<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      if (this.interruption.aborted) throw cause;
      const message = `no server answers at ${this.url}: start it, or name another with --url`;
      throw new Error(message, { cause });
    }
  }
}

/** An answer of GraphQL, or of what refuses a request before it; undefined for anything else. */
function answerIn(text: string): Answer | undefined {
  try {
    const answer = JSON.parse(text) as Answer & {
      readonly code?: string;
      readonly message?: string;
    };
    const { code, message = '' } = answer;
    if (code !== undefined) return { errors: [{ message, extensions: { code } }] };
    return 'data' in answer || 'errors' in answer ? answer : undefined;
  } catch {
    return undefined;
  }
}

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
}
