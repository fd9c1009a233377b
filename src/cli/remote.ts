import type { Command } from 'commander';
import { readKeyOf } from '../config.js';
import type { CommandContext } from './command.js';
import { reasonOf } from '../failure-reason.js';
import { Refused, WrongUsage } from './failure.js';
import { addressFault, assertNotMoved, serverUrlOf } from './server-url.js';
import { resultsIn } from './subscribed.js';

/** The server's address and key, as options give them. */
export interface RemoteOptions {
  readonly url?: string;
  readonly key?: string;
}

const URL_DEFAULT = 'http://127.0.0.1:3000';

const REMOTE_URL = `Talks to a running server: --url or PLAYHEAD_URL says where it is
(${URL_DEFAULT}),`;

type Role = 'read' | 'admin';

/** The help on the options that lead to a server. */
export const REMOTE_HELP: Readonly<Record<Role, string>> = {
  admin: `
${REMOTE_URL} --key, ADMIN_KEY or ADMIN_KEY_FILE is its admin key,
if it has one.`,
  read: `
${REMOTE_URL} --key, READ_KEY or ADMIN_KEY (or either with _FILE) is
a key of it, if it has one.`,
};

/** Adds the options for the server's address and key. */
export const withRemote = (command: Command, role: Role = 'admin'): Command =>
  command
    .option('--url <url>', 'where the server is')
    .option('--key <key>', `${role === 'read' ? 'a read' : 'an admin'} key of the server`);

type Surroundings = Pick<CommandContext, 'environment' | 'interruption'>;

/** The server's address, and the key for it. */
interface ServerPlace {
  readonly url: string;
  readonly key: string | undefined;
  /** The advice to give where the server does not accept the key. */
  readonly unknownHint: string;
}

/** The characters that can stand in a header. */
const KEY = /^[\x21-\x7e]+$/;

/** Takes the server's address and key from options, else from the environment. */
export function placeOf(
  { url, key }: RemoteOptions,
  environment: Surroundings['environment'],
  role: Role = 'admin',
): ServerPlace {
  const set = environment.PLAYHEAD_URL === '' ? undefined : environment.PLAYHEAD_URL;
  const address = url ?? set ?? URL_DEFAULT;
  const place = serverUrlOf(address);
  if (place === undefined) {
    const name = url === undefined ? 'PLAYHEAD_URL' : '--url';
    throw new WrongUsage(`${name}: ${addressFault(address)}`);
  }
  if (key !== undefined && !KEY.test(key)) throw new WrongUsage('--key: must be a key');
  const held = key === undefined ? readKeyOf(role, environment) : { name: '--key', key };
  const unknownHint =
    held === undefined
      ? `the server wants a key: export ${role.toUpperCase()}_KEY, or give --key` +
        ' (a variable that is set but not exported does not get here)'
      : `the key of ${held.name} is not one of this server's`;
  return { url: place, key: held?.key, unknownHint };
}

/** A parked event or document that an answer lacks, as its `extensions.parked` names it. */
export interface ParkedNote {
  readonly projection: string;
  readonly document?: string;
  readonly position?: number;
}

/** A result of a subscription. */
interface Watched<Result> {
  readonly result: Result;
  readonly scanned: string | undefined;
}

/** The longest wait for an answer, in milliseconds: a retry of parked events takes its time. */
const ANSWER_MS = 60_000;
const EVENTS = 'text/event-stream';
/** Codes of answers that say when to come again. */
const LATER_CODES: ReadonlySet<string> = new Set(['RATE_LIMITED', 'OVERLOADED']);

/** A client of a running server's API. */
export class Remote {
  /** The parked notes of the answers so far, each once. */
  private readonly notes = new Map<string, ParkedNote>();

  private constructor(
    private readonly place: ServerPlace,
    private readonly interruption: AbortSignal,
  ) {}

  static of(options: RemoteOptions, around: Surroundings, role: Role = 'admin'): Remote {
    return new Remote(placeOf(options, around.environment, role), around.interruption);
  }

  get parked(): readonly ParkedNote[] {
    return [...this.notes.values()];
  }

  /** Runs an operation and returns its only field; throws Refused, or an Error with the reason. */
  async ask<Result>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Result> {
    const answer = await this.send({ query, variables });
    for (const note of answer.extensions?.parked ?? []) this.notes.set(JSON.stringify(note), note);
    const refusal = this.refusalOf(answer);
    if (refusal !== undefined) throw refusal;
    return Object.values(answer.data ?? {})[0] as Result;
  }

  /**
   * Runs a subscription, and yields its only field each time, with the position up to which the log
   * was looked at for that, if the server tells it; ends when the server completes it. Throws what
   * `ask` does.
   */
  async *watch<Result>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): AsyncGenerator<Watched<Result>, undefined> {
    const response = await this.post({ query, variables }, this.interruption, EVENTS);
    const isStream = response.headers.get('content-type')?.startsWith(EVENTS) === true;
    if (!isStream || response.body === null) {
      throw this.refusalOf(await this.answerOf(response)) ?? new Error('the server tells nothing');
    }
    const results = resultsIn(response.body);
    for (;;) {
      const next = await this.reach(() => results.next());
      if (next.done === true) return undefined;
      const answer = JSON.parse(next.value) as Answer;
      const refusal = this.refusalOf({ ...answer, retryAfter: null });
      if (refusal !== undefined) throw refusal;
      const result = Object.values(answer.data ?? {})[0] as Result;
      yield { result, scanned: answer.extensions?.position };
    }
  }

  private refusalOf({ errors = [], retryAfter }: TimedAnswer): Refused | undefined {
    const [error] = errors;
    if (error === undefined) return undefined;
    const { message, extensions: { code = 'INTERNAL' } = {} } = error;
    const why = code === 'UNAUTHENTICATED' ? this.place.unknownHint : message;
    const later = LATER_CODES.has(code) && retryAfter ? `; try again in ${retryAfter} s` : '';
    return new Refused(`${why} (${code})${later}`, code);
  }

  private async send(request: object): Promise<TimedAnswer> {
    const signal = AbortSignal.any([this.interruption, AbortSignal.timeout(ANSWER_MS)]);
    return this.answerOf(await this.post(request, signal));
  }

  private async post(request: object, signal: AbortSignal, accept = '*/*'): Promise<Response> {
    const { url, key } = this.place;
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const headers = { 'content-type': 'application/json', accept, ...authorization };
    const redirect = 'manual' as const;
    const what = { method: 'POST', headers, body: JSON.stringify(request), signal, redirect };
    const response = await this.reach(() => fetch(`${url}/graphql`, what));
    assertNotMoved(response, url);
    return response;
  }

  private async answerOf(response: Response): Promise<TimedAnswer> {
    const answer = answerIn(await this.reach(() => response.text()));
    const retryAfter = response.headers.get('retry-after');
    if (answer !== undefined) return { ...answer, retryAfter };
    const { url } = this.place;
    throw new Error(`${url} answers ${String(response.status)}, not as Playhead does`);
  }

  private async reach<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (this.interruption.aborted) throw error;
      // fetch puts the reason into the cause of its error.
      const why = reasonOf(error instanceof Error ? (error.cause ?? error) : error);
      const what = 'start it, or name another with --url';
      throw new Error(`no server answers at ${this.place.url} (${why}): ${what}`, { cause: error });
    }
  }
}

/** Parses an answer of GraphQL, or a refusal from before it; undefined for anything else. */
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

type TimedAnswer = Answer & { readonly retryAfter: string | null };

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly extensions?: { readonly parked?: readonly ParkedNote[]; readonly position?: string };
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
}
