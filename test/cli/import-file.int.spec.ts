import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import {
  EVENTS_FILE,
  importFile,
  type ImportKind,
  type ImportReport,
} from '../../src/cli/import-file.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const file = join(folder, 'events.ndjson');
const rejects = join(folder, 'rejects.ndjson');
afterAll(() => {
  removeFolder(folder);
});

interface Sent {
  readonly mediaId: string;
  readonly eventId: string;
}

afterEach(() => {
  rmSync(rejects, { force: true });
});

let server: Server | undefined;
let handle: (events: readonly Sent[], request: number) => [number, object];
let url = '';
beforeAll(async () => {
  let requests = 0;
  server = createServer((request, response) => {
    void textOf(request).then((body) => {
      requests += 1;
      const events = body.split('\n').map((line) => JSON.parse(line) as Sent);
      const [status, answer] = handle(events, requests);
      response.writeHead(status).end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  server?.close();
});

const line = (n: number): string => {
  const event = { mediaId: 'm', eventType: 'HEARTBEAT', occurredAt: '2025-01-01T00:00:00Z' };
  return JSON.stringify({ ...event, sessionId: 's', eventId: String(n) });
};
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `${line(from + i)}\n`).join('');
const accepted = (count: number, position = 'mark-1'): [number, object] => [
  202,
  { accepted: count, duplicates: 0, conflicting: 0, position },
];
const importing = (isStrict = false, kind = EVENTS_FILE): Promise<ImportReport> =>
  importFile(
    {
      ...{ url, key: undefined, unknownHint: '', file, rejects, isStrict },
      signal: new AbortController().signal,
      onProgress: () => undefined,
    },
    kind,
  );

describe('a file that is changed while it is imported', () => {
  it('is sent with what is written to its end', async () => {
    writeFileSync(file, lines(1, 5_000));
    const seen: string[] = [];
    handle = (events) => {
      if (seen.length === 0) appendFileSync(file, lines(5_001, 6_000));
      seen.push(...events.map(({ eventId }) => eventId));
      return accepted(events.length);
    };
    expect((await importing()).accepted).toBe(6_000);
    expect(seen).toEqual(Array.from({ length: 6_000 }, (_, i) => String(i + 1)));
  });

  it('is said to be cut off where it is, with what was stored', async () => {
    writeFileSync(file, lines(1, 1_500));
    handle = (events) => {
      truncateSync(file, 100);
      return accepted(events.length);
    };
    await expect(importing()).rejects.toMatchObject({
      name: 'ImportBroken',
      message: `${file} was cut off while it was imported`,
      report: { accepted: 1_500 },
    });
  });
});

describe('a report of an import', () => {
  it('names the latest position, wherever in the file it was', async () => {
    writeFileSync(file, lines(1, 3_000));
    const positions = ['mark-z', 'mark-10', 'mark-9'];
    handle = (events) => accepted(events.length, positions.shift());
    expect((await importing()).position).toBe('mark-10');
  });

  it('names what was found bad here and there in the order of the file', async () => {
    const text = [line(1), 'here', line(3), line(4), 'here too', line(6)].join('\r\n');
    writeFileSync(file, text);
    handle = (events) => {
      const errors = events.flatMap(({ eventId }, index) =>
        ['3', '6'].includes(eventId) ? [{ index, code: 'BAD_USER_INPUT', message: 'there' }] : [],
      );
      if (errors.length === 0) return accepted(events.length);
      return [400, { code: 'BAD_USER_INPUT', message: 'no', errors }];
    };
    const { bad, ...counts } = await importing();
    expect(counts).toMatchObject({ events: 6, accepted: 2 });
    expect(bad.named.map(({ line: number, message }) => [number, message])).toEqual([
      [2, 'line: must be JSON'],
      [3, 'there'],
      [5, 'line: must be JSON'],
      [6, 'there'],
    ]);
    expect(readFileSync(rejects, 'utf8')).toBe(
      ['here\r', `${line(3)}\r`, 'here too\r', line(6), ''].join('\n'),
    );
  });
});

describe('a strict import of views', () => {
  /** Each line is an event, and shows a start and a heartbeat of a view beside it. */
  const withViews: ImportKind = {
    ...EVENTS_FILE,
    read: async function* (all) {
      for await (const one of EVENTS_FILE.read(all)) {
        if (one.event instanceof Error) throw one.event;
        const { line: number, json } = one.event;
        const part = (name: string) => ({ line: number, json: json.replace('"m"', `"${name}"`) });
        yield { ...one, shown: { start: part('start'), rest: [part('rest')] } };
      }
    },
  };

  it.each([
    ['line', 'm', ['m1', 'm2', 'm3', 'start1', 'rest1']],
    ['start', 'start', ['m1', 'm2', 'm3', 'start1', 'start2', 'start3', 'rest1']],
  ])('sends none of them behind the first refused %s', async (_, refusedPart, wanted) => {
    writeFileSync(file, lines(1, 3));
    const seen: string[] = [];
    handle = (events) => {
      seen.push(...events.map(({ mediaId, eventId }) => `${mediaId}${eventId}`));
      const failed = events.flatMap(({ mediaId, eventId }, index) =>
        mediaId === refusedPart && eventId === '2' ? [index] : [],
      );
      const [, receipt] = accepted(events.length - failed.length);
      if (failed.length === 0) return [202, receipt];
      return [400, { code: 'BAD_USER_INPUT', message: 'no', extensions: { ...receipt, failed } }];
    };
    const { bad } = await importing(true, withViews);
    expect(seen).toEqual(wanted);
    expect(bad.named.map(({ line: number }) => number)).toEqual([2]);
  });
});
