import type { JSX } from 'preact';

const WIDTH = 120;
const HEIGHT = 28;

export interface SparklineProps {
  readonly values: readonly (number | null)[];
  /** From here on values still grow: that part is dashed. */
  readonly openFrom: number;
}

/** A line without axes, for the form of a figure; its numbers stand in the chart. */
export function Sparkline({ values, openFrom }: SparklineProps): JSX.Element {
  const high = Math.max(...values.map((value) => value ?? 0), 1e-12);
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values.map((value, i) =>
    value === null
      ? undefined
      : `${(i * step).toFixed(1)},${(HEIGHT - 2 - (value / high) * (HEIGHT - 4)).toFixed(1)}`,
  );
  const path = (from: number, to: number): string => {
    let isDown = false;
    let made = '';
    for (const point of points.slice(from, to)) {
      if (point !== undefined) made += `${isDown ? 'L' : 'M'}${point}`;
      isDown = point !== undefined;
    }
    return made;
  };
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={path(0, openFrom)} />
      <path class="open" d={path(Math.max(0, openFrom - 1), values.length)} />
    </svg>
  );
}
