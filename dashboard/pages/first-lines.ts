/** A way to send the first event. */
export interface Way {
  readonly name: string;
  readonly note: string;
  readonly lines: string;
}

const EVENTS = `['ps', 't', 'bc', 'e', 'b', 'pr', 'c']`;

const page = (origin: string): Way => ({
  name: 'Any page',
  note: 'One line in the page follows every <video> and <audio>.',
  lines: `<script src="${origin}/playhead.js" data-key="INGEST_KEY" defer></script>
<video data-playhead-media="my-first-title" src="…" controls></video>`,
});

const hls = (origin: string): Way => ({
  name: 'hls.js 1.7',
  note: 'By configuration alone, without a script of ours.',
  lines: `const hls = new Hls({
  cmcd: {
    version: 2,
    contentId: 'my-first-title',
    includeKeys: [],
    eventTargets: [
      {
        url: '${origin}/cmcd?key=INGEST_KEY&player=hls.js',
        events: ${EVENTS},
        interval: 10,
      },
    ],
  },
});`,
});

const dash = (origin: string): Way => ({
  name: 'dash.js 5.2',
  note: 'By configuration alone; without enabledKeys its reports do not say whose they are.',
  lines: `player.updateSettings({
  streaming: {
    cmcd: {
      enabled: true,
      version: 2,
      cid: 'my-first-title',
      enabledKeys: [],
      eventTargets: [
        {
          enabled: true,
          url: '${origin}/cmcd?key=INGEST_KEY&player=dash.js',
          events: ${EVENTS},
          interval: 10,
          enabledKeys: [
            ...['bg', 'bl', 'br', 'cid', 'e', 'ec', 'msd'],
            ...['pb', 'pr', 'sid', 'sn', 'sta', 'ts', 'v'],
          ],
        },
      ],
    },
  },
});`,
});

const shaka = (origin: string): Way => ({
  name: 'Shaka Player 5.2',
  note: 'By configuration alone; its released builds tell of views and of no play states.',
  lines: `player.configure({
  cmcd: {
    enabled: true,
    version: 2,
    contentId: 'my-first-title',
    eventTargets: [
      {
        url: '${origin}/cmcd?key=INGEST_KEY&player=Shaka',
        events: ${EVENTS},
        interval: 10,
      },
    ],
  },
});`,
});

const shell = (origin: string): Way => ({
  name: 'A shell',
  note: 'One view, to see that it arrives. Without keys leave the authorization out.',
  lines: `curl -s ${origin}/events -H 'content-type: application/json' \\
  -H "authorization: Bearer $INGEST_KEY" \\
  -d '[{"mediaId":"my-first-title","eventType":"SESSION_START"}]'`,
});

/** The ways of docs/players.md with a server's address in place. */
export const waysToSend = (origin: string): readonly Way[] =>
  [page, hls, dash, shaka, shell].map((way) => way(origin));
