import type { JSX } from 'preact';
import { zone } from '../address/router.js';
import type { TimelineEntry } from '../api/schema.js';
import { CLOCK_SECONDS, duration, short, timeIn } from '../figures/format.js';
import { lanesOf, type Lanes as Drawn, type Stretch } from '../figures/lanes.js';

const WIDTH = 1_000;
const HEIGHT = 24;

/** One session over time: what it did, at which quality, and what it loaded. */
export function Lanes({ entries }: { readonly entries: readonly TimelineEntry[] }): JSX.Element {
  const lanes = lanesOf(entries);
  const kinds = [...new Set([...lanes.states, ...lanes.qualities].map(({ kind }) => kind))];
  return (
    <figure class="lanes">
      <Lane name="State" stretches={lanes.states} lanes={lanes} />
      <Lane name="Quality" stretches={lanes.qualities} lanes={lanes} />
      <BytesLane lanes={lanes} />
      <p class="scale" aria-hidden="true">
        <span>{timeIn(lanes.fromMs, zone.value, CLOCK_SECONDS)}</span>
        <span>{timeIn(lanes.toMs, zone.value, CLOCK_SECONDS)}</span>
      </p>
      <ul class="legend">
        {kinds.map((kind) => (
          <li key={kind} class={`kind ${kind.toLowerCase()}`}>
            {kind.toLowerCase()}
          </li>
        ))}
      </ul>
    </figure>
  );
}

const placeIn = ({ fromMs, toMs }: Drawn): ((timeMs: number) => number) => {
  const length = Math.max(1, toMs - fromMs);
  return (timeMs) => ((timeMs - fromMs) / length) * WIDTH;
};

function Lane({
  name,
  stretches,
  lanes,
}: {
  readonly name: string;
  readonly stretches: readonly Stretch[];
  readonly lanes: Drawn;
}): JSX.Element {
  const x = placeIn(lanes);
  const told = stretches
    .map(({ kind, fromMs, toMs }) => `${kind.toLowerCase()} ${duration((toMs - fromMs) / 1_000)}`)
    .join(', ');
  return (
    <div class="lane">
      <span>{name}</span>
      <svg
        viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: ${told === '' ? 'nothing is told' : told}`}
      >
        {stretches.map(({ kind, fromMs, toMs }, i) => (
          <rect
            key={i}
            class={`kind ${kind.toLowerCase()}`}
            x={x(fromMs)}
            width={Math.max(2, x(toMs) - x(fromMs))}
            y="0"
            height={HEIGHT}
          >
            <title>{`${kind.toLowerCase()}, ${duration((toMs - fromMs) / 1_000)}`}</title>
          </rect>
        ))}
      </svg>
    </div>
  );
}

function BytesLane({ lanes }: { readonly lanes: Drawn }): JSX.Element {
  const x = placeIn(lanes);
  const rateOf = ({ bytes, fromMs, toMs }: Drawn['bytes'][number]): number =>
    bytes / Math.max(1, toMs - fromMs);
  const high = Math.max(...lanes.bytes.map(rateOf), 1e-9);
  const sum = lanes.bytes.reduce((all, { bytes }) => all + bytes, 0);
  return (
    <div class="lane">
      <span>Bytes</span>
      <svg
        viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Bytes: ${short(sum, 'bytes')}`}
      >
        {lanes.bytes.map((one, i) => {
          const height = (rateOf(one) / high) * HEIGHT;
          return (
            <rect
              key={i}
              class="kind bytes"
              x={x(one.fromMs)}
              width={Math.max(2, x(one.toMs) - x(one.fromMs))}
              y={HEIGHT - height}
              height={height}
            >
              <title>{short(one.bytes, 'bytes')}</title>
            </rect>
          );
        })}
      </svg>
    </div>
  );
}
