import { readdirSync, readFileSync } from 'node:fs';
import { decodeCmcd, toCmcdHeaders, type Cmcd } from '@svta/cml-cmcd';

/** A request of a player that a server of media answered, as a capture has it. */
export interface CapturedRequest {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly path: string;
  /** What the player wrote as its CMCD. */
  readonly cmcd: string;
  readonly status: number;
  readonly bytes: number;
}

/** How a line says what a player said. */
export type CmcdMode = 'query' | 'headers';

/** A format in which a CDN logs. */
export type Format = 'nginx' | 'cloudfront' | 'fastly-ndjson' | 'w3c' | 'ndjson';
export const FORMATS: readonly Format[] = ['nginx', 'cloudfront', 'fastly-ndjson', 'w3c', 'ndjson'];

const FOLDER = new URL('../fixtures/cmcd/', import.meta.url);

interface CapturedLine {
  readonly k: string;
  readonly t0: number;
  readonly t: number;
  readonly p: string;
  readonly q?: string;
  readonly s: number;
  readonly b: number;
}

/**
 * The requests for media of every capture, as if the first of them had been made at a time. Two
 * captures never have a session in common.
 */
export function capturedRequests(from: number): readonly CapturedRequest[] {
  const all = readdirSync(FOLDER).flatMap((file) => {
    const lines = readFileSync(new URL(file, FOLDER), 'utf8').trim().split('\n');
    const [meta, ...rest] = lines.map((line) => JSON.parse(line) as CapturedLine);
    return rest.flatMap(({ k, t, p, q, s, b }) =>
      k === 'media' && q !== undefined
        ? [{ at: (meta?.t0 ?? 0) + t, path: p, cmcd: q, status: s, bytes: b }]
        : [],
    );
  });
  const first = Math.min(...all.map(({ at }) => at));
  return all.map((one) => ({ ...one, at: from + one.at - first })).sort((a, b) => a.at - b.at);
}

const FIELDS: Readonly<Record<'cloudfront' | 'w3c', string>> = {
  cloudfront:
    'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status' +
    ' cs(User-Agent) cs-uri-query x-edge-request-id time-taken',
  w3c:
    'time date cs-method cs-uri-stem cs-uri-query sc-status sc-bytes cs(CMCD-Object)' +
    ' cs(CMCD-Request) cs(CMCD-Session) cs(CMCD-Status)',
};
const HEADERS = ['CMCD-Object', 'CMCD-Request', 'CMCD-Session', 'CMCD-Status'] as const;
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) "quoted"';

/** Writes requests as the log of a CDN; with ids of its own where the CDN has them. */
export function logOf(
  format: Format,
  requests: readonly CapturedRequest[],
  mode: CmcdMode = 'query',
): string {
  const heading =
    format === 'cloudfront' || format === 'w3c'
      ? [`#Version: 1.0`, `#Fields: ${FIELDS[format]}`]
      : [];
  const lines = requests.map((request, index) => lineOf(format, toLogged(request, mode), index));
  return [...heading, ...lines, ''].join('\n');
}

interface Logged {
  readonly time: string;
  readonly status: number;
  readonly bytes: number;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<(typeof HEADERS)[number], string>>;
}

function toLogged({ at, path, cmcd, status, bytes }: CapturedRequest, mode: CmcdMode): Logged {
  const query = mode === 'query' ? `CMCD=${encodeURIComponent(cmcd)}` : 'CMCD=cid%3D%22no%22';
  const sent =
    mode === 'headers'
      ? (toCmcdHeaders(decodeCmcd(cmcd) as Cmcd, { version: 1 }) as Record<string, string>)
      : {};
  const headers = Object.fromEntries(HEADERS.map((name) => [name, sent[name] ?? '']));
  return {
    ...{ status, bytes, path, query, time: new Date(at).toISOString() },
    headers: headers as Logged['headers'],
  };
}

function lineOf(format: Format, logged: Logged, index: number): string {
  switch (format) {
    case 'nginx':
      return nginxLine(logged);
    case 'cloudfront':
      return cloudfrontLine(logged, index);
    case 'fastly-ndjson':
      return fastlyLine(logged, index);
    case 'w3c':
      return w3cLine(logged);
    case 'ndjson': {
      const { time, status, bytes, path, query, headers } = logged;
      return JSON.stringify({ time, status, bytes, path, query, headers, ttlb: 1 });
    }
  }
}

/** nginx writes quotes, backslashes and what is no plain ASCII as \xXX. */
const escaped = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
        ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');

function nginxLine({ time, status, bytes, path, query, headers }: Logged): string {
  const [, month, day] = /^\d+-(\d+)-(\d+)/.exec(time) ?? [];
  const name = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')[Number(month) - 1];
  const local = `${day ?? ''}/${name ?? ''}/${time.slice(0, 4)}:${time.slice(11, 19)} +0000`;
  const quoted = HEADERS.map(
    (header) => `${header.toLowerCase().replace('-', '_')}="${escaped(headers[header])}"`,
  );
  return [
    `192.0.2.1 - some one [${local}] "GET ${path}?${query} HTTP/1.1" ${String(status)}`,
    `${String(bytes)} "-" "${escaped(BROWSER)}" msec=${String(Date.parse(time) / 1_000)}`,
    ...quoted,
  ].join(' ');
}

/** CloudFront encodes some characters of what was asked for, percent signs among them. */
const once = (text: string): string => text.replaceAll('%', '%25').replaceAll('"', '%22');

function cloudfrontLine(logged: Logged, index: number): string {
  const { time, status, bytes, path, query } = logged;
  const when = [time.slice(0, 10), time.slice(11, 19)];
  return [
    ...[...when, 'FRA56-P1', String(bytes), '192.0.2.1', 'GET', 'd1.cloudfront.net', path],
    ...[String(status), 'Mozilla/5.0%20(X11)', once(query), `id-${String(index)}==`, '0.001'],
  ].join('\t');
}

function w3cLine({ time, status, bytes, path, query, headers }: Logged): string {
  const sent = HEADERS.map((name) => {
    const value = headers[name];
    return value === '' ? '-' : `"${value.replaceAll('"', '""')}"`;
  });
  const when = [time.slice(11, 23), time.slice(0, 10)];
  return [...when, 'GET', path, query, String(status), String(bytes), ...sent].join(' ');
}

function fastlyLine(logged: Logged, index: number): string {
  const { time, status, bytes, path, query, headers } = logged;
  return JSON.stringify({
    timestamp: `${time.slice(0, 19)}+0000`,
    request_id: `xid-${String(index)}`,
    url: `${path}?${query}`,
    request_method: 'GET',
    response_status: status,
    response_body_size: bytes,
    fastly_is_edge: true,
    ...Object.fromEntries(
      HEADERS.map((name) => [name.toLowerCase().replace('-', '_'), headers[name]]),
    ),
  });
}

/** What a request says of itself; '' for what it does not say. */
interface ToldRequest {
  readonly sid: string;
  readonly cid: string;
  readonly type: string;
  readonly quality: string;
}

/** What requests come to, by what stands in them alone. */
export function bytesBy(
  requests: readonly CapturedRequest[],
  keyOf: (told: ToldRequest) => string,
): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const request of requests) {
    const key = keyOf(toldBy(request));
    sums[key] = (sums[key] ?? 0) + request.bytes;
  }
  return sums;
}

const LADDER = [
  [300, 'LOW'],
  [750, 'MEDIUM'],
  [1_500, 'HIGH'],
] as const;

/** What a request says of itself, read without the library that the product reads it with. */
export function toldBy({ cmcd }: CapturedRequest): ToldRequest {
  const textOf = (name: string): string =>
    new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(cmcd)?.[1] ?? '';
  const type = /(?:^|,)ot=(\w+)/.exec(cmcd)?.[1] ?? '';
  const kbps = Number(/(?:^|,)br=\(?(\d+)/.exec(cmcd)?.[1] ?? NaN);
  const rung = LADDER.find(([rate]) => Math.abs(rate - kbps) <= rate / 4);
  const guessed = kbps < 500 ? 'LOW' : kbps < 2_500 ? 'MEDIUM' : 'HIGH';
  const quality = Number.isNaN(kbps) || type === 'a' ? 'AUTO' : (rung?.[1] ?? guessed);
  return { sid: textOf('sid'), cid: textOf('cid'), type, quality };
}
