import type { CommandContext } from './command.js';
import { Refused } from './failure.js';
import { cutTo, formatBytes, formatDecimals, padded } from './format.js';
import type { Remote } from './remote.js';

/** The members of an event of the API that are shown. */
export interface WatchedEvent {
  readonly position: string;
  readonly mediaId: string | null;
  readonly sessionId: string | null;
  readonly viewer: string | null;
  readonly state: string | null;
  readonly entry: {
    readonly at: string;
    readonly type: string;
    readonly quality: string;
    readonly duration: number | null;
    readonly bytes: number | null;
    readonly detail: string | null;
  };
}

const EVENTS = `subscription ($mediaId: ID, $after: String) {
  events(mediaId: $mediaId, after: $after) {
    position mediaId sessionId viewer state
    entry { at type quality duration bytes detail }
  }
}`;
const TITLE = 'query ($mediaId: ID!) { media(mediaId: $mediaId) { title } }';

/** The titles that are remembered; more are asked for anew. */
const TITLES_MAX = 1_000;
/** Of time, state, viewer and title: so many characters of a hash tell viewers apart. */
const WIDTHS = [8, 9, 8, 24];
const NOBODY = '-';

/** Shows events as a server stores them, a line each. */
export class EventWatch {
  private readonly titles = new Map<string, string>();
  /** Behind which to go on after a break, and the time up to which all was shown. */
  private last: { readonly position: string; readonly at: string } | undefined;
  private isHeaded = false;

  constructor(
    private readonly remote: Remote,
    private readonly mediaId: string | undefined,
    private readonly terminal: CommandContext['terminal'],
  ) {}

  /** Shows what comes, until the server ends it; then it goes on behind what was looked at. */
  async run(onResult: () => void): Promise<void> {
    try {
      await this.follow(onResult);
    } catch (error) {
      const isRefused = error instanceof Refused && error.code === 'BAD_USER_INPUT';
      if (!isRefused || this.last === undefined) throw error;
      // What is too long ago, or of another log, is not told any more.
      const since = `${this.last.at.slice(11, 19)} UTC`;
      this.terminal.note(
        `not all events since ${since} are shown, but the last ones: ${error.message}`,
      );
      this.last = undefined;
      await this.follow(onResult);
    }
  }

  private async follow(onResult: () => void): Promise<void> {
    const { remote, terminal, mediaId = null } = this;
    const after = this.last?.position ?? null;
    const pages = remote.watch<readonly WatchedEvent[]>(EVENTS, { mediaId, after });
    for await (const { result: events, scanned } of pages) {
      onResult();
      if (!this.isHeaded) this.begin(events.length === 0);
      for (const event of events) {
        const title = event.mediaId === null ? NOBODY : await this.titleOf(event.mediaId);
        terminal.add({ ...event, title }, lineOf(event, title));
        this.last = { position: event.position, at: event.entry.at };
      }
      if (scanned !== undefined) this.last = { position: scanned, at: new Date().toISOString() };
    }
  }

  private begin(isQuiet: boolean): void {
    this.isHeaded = true;
    const { terminal } = this;
    if (!terminal.isJson) terminal.note(columnsOf('Event', 'UTC', 'State', 'Viewer', 'Title'));
    if (isQuiet) terminal.note('none among the last events: waiting for one');
  }

  private async titleOf(mediaId: string): Promise<string> {
    const known = this.titles.get(mediaId);
    if (known !== undefined) return known;
    const media = await this.remote.ask<{ readonly title: string } | null>(TITLE, { mediaId });
    const title = media?.title ?? mediaId;
    this.titles.set(mediaId, title);
    forgetFirst(this.titles, TITLES_MAX);
    return title;
  }
}

function forgetFirst(all: Map<string, unknown>, most: number): void {
  const [first] = all.keys();
  if (all.size > most && first !== undefined) all.delete(first);
}

function lineOf({ state, viewer, entry }: WatchedEvent, title: string): string {
  const { at, type, quality, duration, bytes, detail } = entry;
  const said = [
    type,
    ...(duration === null ? [] : [`${formatDecimals(duration, 1)} s`]),
    ...(bytes === null ? [] : [formatBytes(bytes)]),
    ...(type === 'QUALITY_CHANGED' || type === 'SESSION_START' ? [quality] : []),
    ...(detail === null ? [] : [detail]),
  ];
  const shown = viewer?.slice(0, WIDTHS[2]) ?? NOBODY;
  return columnsOf(said.join('  '), at.slice(11, 19), state ?? NOBODY, shown, title);
}

const columnsOf = (...[event = '', ...columns]: readonly string[]): string =>
  [...columns.map((text, i) => padded(cutTo(text, WIDTHS[i] ?? 0), WIDTHS[i] ?? 0)), event].join(
    '  ',
  );
