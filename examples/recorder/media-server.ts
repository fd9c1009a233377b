import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Link } from './link.js';
import type { Relay } from './relay.js';

/** The files of the page: its own files, and hls.js from its package. */
const pageFiles: Readonly<Record<string, { path: string; type: string }>> = {
  '/player.html': { path: 'examples/recorder/player.html', type: 'text/html' },
  '/playhead-reporter.js': script('examples/recorder/playhead-reporter.js'),
  '/playhead-outbox.js': script('examples/recorder/playhead-outbox.js'),
  '/playhead-loads.js': script('examples/recorder/playhead-loads.js'),
  '/hls.mjs': script('node_modules/hls.js/dist/hls.mjs'),
};

/** Matches `/media/<session>/<file>`; the file is a playlist or a segment of a rendition. */
const mediaPath = /^\/media\/([\w-]+)\/((?:\w+\/)?[\w.]+)$/;
const segmentFile = /^(\w+)\/(?:(\d+)\.m4s|init\w*\.mp4)$/;

interface MediaServerOptions {
  readonly ladderDir: string;
  /** Keyed by the name of the session. */
  readonly links: ReadonlyMap<string, Link>;
  readonly relay: Relay;
}

/** Serves page and media, and takes reports, on one origin on loopback. */
export class MediaServer {
  readonly #options: MediaServerOptions;
  readonly #server: Server;
  /** The first failure of an answer: nobody waits for an answer's promise. */
  fault: Error | undefined;

  constructor(options: MediaServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.fault ??= error instanceof Error ? error : new Error(String(error));
        response.destroy();
      });
    });
  }

  /** Listens, and returns the origin, such as `http://127.0.0.1:41234`. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/events') return this.#answerReport(request, response);
    const page = pageFiles[pathname];
    if (page !== undefined) {
      response.writeHead(200, { 'content-type': page.type }).end(await readFile(page.path));
      return;
    }
    const [, session, file] = mediaPath.exec(pathname) ?? [];
    const link = this.#options.links.get(session ?? '');
    if (link === undefined || file === undefined) response.writeHead(404).end();
    else await this.#answerMedia(link, file, response);
  }

  async #answerReport(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await this.#options.relay.pass(await text(request));
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  }

  async #answerMedia(link: Link, file: string, response: ServerResponse): Promise<void> {
    const [, rendition, digits] = segmentFile.exec(file) ?? [];
    const segment = digits === undefined ? -1 : Number(digits);
    if (link.isMissing(segment)) {
      response.writeHead(404).end();
      return;
    }
    const body = await readFile(join(this.#options.ladderDir, file));
    if (rendition !== undefined) return link.send(rendition, segment, body, response);
    response.writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl' }).end(body);
  }
}

function script(path: string): { path: string; type: string } {
  return { path, type: 'text/javascript' };
}
