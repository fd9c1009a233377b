import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { zone } from '../address/router.js';
import type { TimelineEntry } from '../api/schema.js';
import { Frame } from '../charts/frame.jsx';
import { Legend } from '../charts/legend.jsx';
import { CLOCK_SECONDS, duration, exact, short, timeIn } from '../figures/format.js';
import { lanesOf, momentAt, type Lanes as Drawn, type Stretch } from '../figures/lanes.js';
import { WORDS } from '../texts.js';
import { LANE_KINDS, LATER_SAYS, LATER_WORDS } from '../texts-later.js';

const WIDTH = 1_000;
const HEIGHT = 24;
/** How wide a stretch is at least, of the width: one of no length is to be seen, too. */
const LEAST = 3;

/** How high the stretches of a kind are: so that none is known by its colour alone. */
const HEIGHTS: Readonly<Record<string, number>> = {
  ...{ stalled: 1, playing: 0.55, seeking: 0.4, paused: 0.2 },
  ...{ ULTRA: 1, HIGH: 0.8, MEDIUM: 0.6, LOW: 0.4, AUTO: 0.2 },
};
const heightOf = (kind: string): number => HEIGHTS[kind] ?? 1;
const nameOf = (kind: string): string => LANE_KINDS[kind] ?? kind;

interface Box extends Stretch {
  /** A share of the lane's height. */
  readonly height: number;
}

/** One session over time: what it did, at which quality, and what it loaded. */
export function Lanes({ entries }: { readonly entries: readonly TimelineEntry[] }): JSX.Element {
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  const lanes = lanesOf(entries);
  const { fromMs, toMs, moments, states, qualities, bytes } = lanes;
  const timeOf = (timeMs: number): string => timeIn(timeMs, zone.value, CLOCK_SECONDS);
  const high = (stretch: Stretch): Box => ({ ...stretch, height: heightOf(stretch.kind) });
  const loaded = bytes.map((one) => ({
    ...one,
    height: one.height ?? 1,
    kind: one.height === undefined ? 'at-once' : one.kind,
  }));
  const kinds = [...states, ...qualities, ...loaded].map(({ kind }) => kind);
  return (
    <Frame
      class="lanes"
      label={LATER_WORDS.course}
      summary={summaryOf(lanes)}
      columns={[LATER_WORDS.at, LATER_WORDS.state, WORDS.quality, LATER_WORDS.bytes]}
      count={moments.length}
      cellsAt={(i) => cellsOf(moments[i], timeOf)}
      cursor={cursor}
      onCursor={setCursor}
      indexAt={(share) => {
        const lengthMs = toMs - fromMs;
        return momentAt(lanes, fromMs + share * lengthMs, (lengthMs * LEAST) / WIDTH);
      }}
      legend={<Legend marks={[...new Set(kinds)].map(markOf)} />}
    >
      <Lane name={LATER_WORDS.state} boxes={states.map(high)} lanes={lanes} cursor={cursor} />
      <Lane name={WORDS.quality} boxes={qualities.map(high)} lanes={lanes} cursor={cursor} />
      <Lane name={LATER_WORDS.bytes} boxes={loaded} lanes={lanes} cursor={cursor} />
      <p class="scale" aria-hidden="true">
        <span>{timeOf(fromMs)}</span>
        <span>{timeOf(toMs)}</span>
      </p>
    </Frame>
  );
}

function cellsOf(moment: Drawn['moments'][number] | undefined, timeOf: (timeMs: number) => string) {
  if (moment === undefined) return [];
  const { atMs, state, seconds, quality, bytes } = moment;
  const spent = state === undefined ? '–' : `${nameOf(state)} ${duration(seconds)}`;
  return [
    { text: timeOf(atMs), value: atMs },
    { text: spent, metric: 'duration', value: state === undefined ? null : seconds },
    { text: quality },
    { text: bytes === null ? '–' : exact(bytes, 'bytes'), metric: 'bytes', value: bytes },
  ];
}

/** Says in one sentence how long the session did what, and what it loaded. */
function summaryOf({ states, bytes, moments }: Drawn): string {
  const sums = new Map<string, number>();
  for (const { kind, fromMs, toMs } of states) {
    sums.set(kind, (sums.get(kind) ?? 0) + (toMs - fromMs) / 1_000);
  }
  const spent = [...sums].map(([kind, seconds]) => `${nameOf(kind)} ${duration(seconds)}`);
  const loaded = bytes.reduce((sum, one) => sum + one.bytes, 0);
  return LATER_SAYS.session(moments.length, spent, short(loaded, 'bytes'));
}

const markOf = (kind: string) => ({
  name: nameOf(kind),
  mark: (
    <rect
      class={`kind ${kind.toLowerCase()}`}
      y={16 * (1 - heightOf(kind))}
      width={kind === 'at-once' ? 3 : 16}
      height={16 * heightOf(kind)}
    />
  ),
});

function Lane({
  name,
  boxes,
  lanes: { fromMs, toMs, moments },
  cursor,
}: {
  readonly name: string;
  readonly boxes: readonly Box[];
  readonly lanes: Drawn;
  readonly cursor: number | undefined;
}): JSX.Element {
  const length = Math.max(1, toMs - fromMs);
  const x = (timeMs: number): number => ((timeMs - fromMs) / length) * WIDTH;
  const atMs = cursor === undefined ? undefined : moments[cursor]?.atMs;
  return (
    <div class="lane">
      <span>{name}</span>
      <svg
        viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {boxes.map(({ kind, fromMs: from, toMs: to, height }, i) => (
          <rect
            key={i}
            class={`kind ${kind.toLowerCase()}`}
            x={Math.min(x(from), WIDTH - LEAST)}
            width={Math.max(LEAST, x(to) - x(from))}
            y={HEIGHT * (1 - height)}
            height={HEIGHT * height}
          />
        ))}
        {atMs !== undefined && (
          <rect class="cursor" x={x(atMs) - 2} width="4" y="0" height={HEIGHT} />
        )}
      </svg>
    </div>
  );
}
