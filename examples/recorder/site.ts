import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Line } from './line.js';
import { slidingManifest, slidingPlaylist } from './live.js';
import type { Film } from './media.js';
import type { Note } from './note.js';
import { pageOf, type PageSetting } from './page.js';

const SCRIPTS: Readonly<Record<string, string>> = {
  '/notes.js': 'examples/recorder/notes.js',
  '/players.js': 'examples/recorder/players.js',
  '/hls.mjs': 'node_modules/hls.js/dist/hls.min.mjs',
  '/dash.mjs': 'node_modules/dashjs/dist/modern/esm/dash.all.min.js',
  '/shaka.js': 'node_modules/shaka-player/dist/shaka-player.compiled.js',
  '/shaka-debug.js': 'node_modules/shaka-player/dist/shaka-player.compiled.debug.js',
};
const TYPES: Readonly<Record<string, string>> = {
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.mpd': 'application/dash+xml',
  '.m4s': 'video/iso.segment',
  '.mp4': 'video/mp4',
  '.m4a': 'audio/mp4',
};
/** `/<play>/<title>/<file>`; `live` stands for the first title, as a stream that goes on. */
const MEDIA = /^\/([\w.-]+)\/([\w-]+)\/([\w.-]+)$/;
/** `/<play>/last`: what a page says as it goes. */
const LAST_WORD = /^\/([\w.-]+)\/last$/;
const LAST_WORD_MS_MAX = 20_000;
const SEGMENT = /^seg-\d+-(\d+)\.m4s$/;

interface Playing {
  readonly line: Line;
  readonly setting: PageSetting;
  startedAtMs: number | undefined;
}

/** Serves the pages of players, and what they play over a line of each play's own. */
export class Site {
  private readonly plays = new Map<string, Playing>();
  private readonly server: Server;
  private readonly lastWords = new Map<string, readonly Note[]>();
  private readonly said = new EventEmitter();
  /** The first failure of an answer: nobody waits for an answer's promise. */
  fault: Error | undefined;

  constructor(
    private readonly mediaDir: string,
    private readonly films: readonly Film[],
  ) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        if (!response.destroyed)
          this.fault ??= new Error(`${String(request.url)}: ${String(error)}`);
        response.destroy();
      });
    });
  }

  /** Listens on loopback. */
  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  close(): void {
    for (const { line } of this.plays.values()) line.close();
    this.server.close();
    this.server.closeAllConnections();
  }

  get origin(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}`;
  }

  /** Makes a page for a play; returns its address. */
  open(play: string, line: Line, setting: PageSetting): string {
    this.plays.set(play, { line, setting, startedAtMs: undefined });
    return `${this.origin}/${play}/`;
  }

  /** Waits for what a page says as it goes. */
  async lastWordOf(play: string): Promise<readonly Note[]> {
    const said = this.lastWords.get(play);
    if (said !== undefined) return said;
    const signal = AbortSignal.timeout(LAST_WORD_MS_MAX);
    const [notes] = (await once(this.said, play, { signal })) as [readonly Note[]];
    return notes;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.origin);
    const [, leaving] = LAST_WORD.exec(pathname) ?? [];
    if (leaving !== undefined) {
      const notes = JSON.parse(await text(request)) as readonly Note[];
      this.lastWords.set(leaving, notes);
      this.said.emit(leaving, notes);
      response.writeHead(204).end();
      return;
    }
    const script = SCRIPTS[pathname];
    if (script !== undefined) {
      response.setHeader('content-type', 'text/javascript').end(await readFile(script));
      return;
    }
    const page = this.plays.get(pathname.slice(1, -1));
    if (page !== undefined) {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(pageOf(page.setting));
      return;
    }
    const [, play = '', title = '', file = ''] = MEDIA.exec(pathname) ?? [];
    const playing = this.plays.get(play);
    const film = this.films.find(({ name }) => name === title) ?? this.films[0];
    if (playing === undefined || film === undefined || playing.line.plan.isNothingThere === true) {
      response.writeHead(404).end();
      return;
    }
    const body = await readFile(join(this.mediaDir, film.name, file));
    const isLive = title === 'live';
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    if (/\.(mpd|m3u8)$/.test(file))
      response.end(this.listed(playing, film, { file, body, isLive }));
    else if (/\.(mp4|m4a)$/.test(file))
      await sendFile(playing.line, film, { body, request, response });
    else await sendSegment(playing.line, film, { file, body, response });
  }

  private listed(
    playing: Playing,
    film: Film,
    { file, body, isLive }: { file: string; body: Buffer; isLive: boolean },
  ): Buffer | string {
    if (!isLive || file === 'master.m3u8') return body;
    const startedAtMs = (playing.startedAtMs ??= Date.now());
    const { segmentSeconds, seconds } = film;
    const sliding = { segmentSeconds, segments: seconds / segmentSeconds, startedAtMs };
    const text = body.toString();
    return file.endsWith('.mpd')
      ? slidingManifest(text, sliding)
      : slidingPlaylist(text, sliding, Date.now());
  }
}

async function sendSegment(
  line: Line,
  { segmentSeconds }: Film,
  { file, body, response }: { file: string; body: Buffer; response: ServerResponse },
): Promise<void> {
  const digits = SEGMENT.exec(file)?.[1];
  // What initialises a rendition belongs to no second of it.
  const second = digits === undefined ? -1 : (Number(digits) - 1) * segmentSeconds;
  if (line.isMissing(second)) {
    response.writeHead(404).end();
    return;
  }
  await line.turnOf(second);
  response.setHeader('content-length', body.length);
  await line.send(second, body, response);
  response.end();
}

/** Sends a whole file, or the range of it that was asked for, which may break off on the way. */
async function sendFile(
  line: Line,
  { seconds }: Film,
  { body, request, response }: { body: Buffer; request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const byteOf = (second: number): number => Math.floor((second / seconds) * body.length);
  const { missingFrom = Infinity, withheldFrom = Infinity } = line.plan;
  const missing = Math.min(byteOf(missingFrom), body.length);
  if (from >= missing) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(206, {
    'content-length': body.length - from,
    'content-range': `bytes ${String(from)}-${String(body.length - 1)}/${String(body.length)}`,
    'accept-ranges': 'bytes',
  });
  const held = Math.max(from, Math.min(byteOf(withheldFrom), missing));
  await line.send(0, body.subarray(from, held), response);
  await line.turnOf(withheldFrom);
  await line.send(0, body.subarray(held, missing), response);
  if (missing < body.length) response.destroy();
  else response.end();
}
