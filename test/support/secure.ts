import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request, type Agent, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { Answer } from './http.js';

/** A certificate that vouches for itself, for the names of this machine. */
export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
  readonly cert: Buffer;
  readonly key: Buffer;
}

export function makeCertificate(folder: string): Certificate {
  const certPath = join(folder, 'certificate.pem');
  const keyPath = join(folder, 'certificate.key');
  const kind = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', ...kind, ...names, '-keyout', keyPath, '-out', certPath],
    { stdio: 'pipe' },
  );
  return { certPath, keyPath, cert: readFileSync(certPath), key: readFileSync(keyPath) };
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A client of one server over TLS, from another address of this machine than others use. */
export class SecureClient {
  static readonly ADDRESS = '127.0.0.2';

  constructor(
    private readonly port: number,
    private readonly ca: Buffer,
    /** Keeps the connections. */
    private readonly agent: Agent,
  ) {}

  /** Sends a request to a path as it stands, and reads the answer. */
  async send(path: string, asked: Asked = {}): Promise<Answer> {
    const response = await this.begin(path, asked);
    const text = await textOf(response);
    const headers = new Headers();
    for (const [name, value] of Object.entries(response.headers)) headers.set(name, String(value));
    const isJson = /[/+]json/.test(headers.get('content-type') ?? '');
    const json = isJson ? (JSON.parse(text) as Answer['json']) : {};
    return { status: response.statusCode ?? 0, headers, text, json };
  }

  /** Sends a request, and returns as soon as the head of the answer is there. */
  async begin(
    path: string,
    { method = 'GET', headers, body }: Asked = {},
  ): Promise<IncomingMessage> {
    const options: RequestOptions = {
      host: '127.0.0.1',
      servername: 'localhost',
      port: this.port,
      path,
      method,
      headers: { host: `localhost:${String(this.port)}`, ...headers },
      ca: this.ca,
      localAddress: SecureClient.ADDRESS,
      agent: this.agent,
    };
    const sent = request(options);
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    sent.end(body);
    return (await answered)[0];
  }
}
