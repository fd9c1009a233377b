import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = { mp4: 'video/mp4', m4a: 'audio/mp4' };

/** Makes a film of ten seconds and a sound of four. */
export function makeMedia(folder: string): void {
  const ffmpeg = (...words: readonly string[]): void => {
    execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...words]);
  };
  const sound = (length: number): string => `sine=frequency=300:duration=${String(length)}`;
  const picture = 'testsrc2=size=640x360:rate=25:duration=10';
  ffmpeg(
    ...['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound(10), '-pix_fmt', 'yuv420p'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-b:v', '1500k'],
    ...['-movflags', '+faststart', join(folder, 'film.mp4')],
  );
  ffmpeg('-f', 'lavfi', '-i', sound(4), join(folder, 'sound.m4a'));
}

/** A site on an origin of its own, whose policy lets nothing but Playhead's script run. */
export class Site {
  private server: Server | undefined;
  private html = '';
  private withheld: { readonly from: number; readonly held: (() => void)[] } | undefined;

  constructor(
    private readonly folder: string,
    private readonly tls?: { readonly cert: Buffer; readonly key: Buffer },
  ) {}

  async open(): Promise<void> {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      this.answer(request, response);
    };
    this.server =
      this.tls === undefined ? createServer(answer) : createSecureServer({ ...this.tls }, answer);
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  close(): void {
    this.release();
    this.server?.close();
    this.server?.closeAllConnections();
  }

  /** The address of a page with some elements in it, and a script tag that Playhead gives. */
  page(playhead: string, attributes: string, body: string): string {
    const { port } = this.server?.address() as AddressInfo;
    this.html =
      `<!doctype html><title>A film</title><meta http-equiv="Content-Security-Policy" content="` +
      `default-src 'none'; media-src 'self'; script-src ${playhead}; connect-src ${playhead}; ` +
      `require-trusted-types-for 'script'">` +
      `<script src="${playhead}/playhead.js" ${attributes} defer></script>${body}`;
    return `${this.tls === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}/`;
  }

  /** Sends no more of a film than a part of it, until it is released. */
  withhold(share: number): void {
    this.withheld = { from: share, held: [] };
  }

  release(): void {
    const held = this.withheld?.held ?? [];
    this.withheld = undefined;
    for (const go of held) go();
  }

  private answer({ url = '/', headers }: IncomingMessage, response: ServerResponse): void {
    const name = url.slice(1).split('?')[0] ?? '';
    const type = TYPES[name.split('.').at(-1) ?? ''];
    if (name === '') {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(this.html);
      return;
    }
    if (name === 'elsewhere.html') {
      response.setHeader('content-type', 'text/html; charset=utf-8').end('<title>Another</title>');
      return;
    }
    if (type === undefined) {
      response.writeHead(name === 'favicon.ico' ? 204 : 404).end();
      return;
    }
    const path = join(this.folder, name);
    const { size } = statSync(path);
    const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    const bytes = readFileSync(path).subarray(from);
    response.writeHead(206, {
      'content-type': type,
      'content-length': String(size - from),
      'content-range': `bytes ${String(from)}-${String(size - 1)}/${String(size)}`,
      'accept-ranges': 'bytes',
    });
    const { withheld } = this;
    const sent = withheld === undefined ? size : Math.max(0, withheld.from * size - from);
    response.write(bytes.subarray(0, sent));
    const rest = (): void => {
      response.end(bytes.subarray(sent));
    };
    if (sent >= bytes.length) rest();
    else withheld?.held.push(rest);
  }
}

/** Notes what the elements of a page do, whoever else listens. */
export const NOTE_MEDIA_EVENTS = `
  window.noted = [];
  for (const name of ['play', 'playing', 'waiting', 'seeking', 'seeked', 'pause', 'ended']) {
    addEventListener(name, ({ target }) => {
      window.noted.push({ name, at: performance.now(), position: target.currentTime });
    }, true);
  }`;

export interface NotedEvent {
  readonly name: string;
  readonly at: number;
  readonly position: number;
}
